import { type OptionNames, optionsOf } from '../../base/options.ts';
import { leavesOf, type Tree } from '../../base/tree.ts';
import { Callback, type CallbackParams } from './callback.ts';
import { History } from './history.ts';
import { moments } from './moments.ts';
import { ProgbarLogger } from './progbar-logger.ts';

/** Options of `CallbackList`. */
export interface CallbackListOptions extends Partial<CallbackParams> {
  /** Adds a `History` if there is none. */
  readonly addHistory?: boolean;
  /** Adds a `ProgbarLogger` if there is none. */
  readonly addProgbar?: boolean;
  /** The model passed to the callbacks. */
  readonly model?: unknown;
}
const callbackListOptions: OptionNames<CallbackListOptions> = {
  addHistory: true,
  addProgbar: true,
  model: true,
  verbose: true,
  epochs: true,
  steps: true,
};

/**
 * Several callbacks as one, for custom training loops: each call is passed on to all of them in turn, and must be
 * awaited.
 * @example new keras.callbacks.CallbackList([new keras.callbacks.EarlyStopping()], { epochs: 3, addHistory: true }).callbacks.length // 2
 */
export class CallbackList extends Callback {
  /** The callbacks, in the order in which they are called. */
  readonly callbacks: Callback[];

  constructor(callbacks: Tree<Callback> | null = [], options: CallbackListOptions = {}, ...surplus: undefined[]) {
    const { addHistory, addProgbar, model, ...params } = optionsOf(
      'CallbackList',
      callbackListOptions,
      options,
      surplus,
    );
    super();
    this.callbacks = callbacks === null ? [] : leavesOf(callbacks);
    const add = (Kind: new () => Callback): void => {
      if (!this.callbacks.some((callback) => callback instanceof Kind)) this.callbacks.push(new Kind());
    };
    if (addHistory) add(History);
    if (addProgbar) add(ProgbarLogger);
    if (model !== undefined) this.setModel(model);
    this.setParams(params as CallbackParams);
  }
  /** Appends a callback. */
  append(callback: Callback): void {
    this.callbacks.push(callback);
  }
  override setModel(model: unknown): void {
    super.setModel(model);
    for (const callback of this.callbacks) callback.setModel(model);
  }
  override setParams(params: CallbackParams): void {
    super.setParams(params);
    for (const callback of this.callbacks) callback.setParams(params);
  }

  static {
    for (const moment of Object.keys(moments) as (keyof typeof moments)[])
      Object.defineProperty(this.prototype, moment, {
        async value(this: CallbackList, ...given: [never, never]) {
          for (const callback of this.callbacks) await callback[moment](...given);
        },
        configurable: true,
        writable: true,
      });
  }
}
