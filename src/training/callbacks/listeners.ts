import type { Lend } from '../../data/iterable.ts';
import { Callback, type CallbackLogs, type CallbackParams } from './callback.ts';

export type Moment = Exclude<
  keyof Callback,
  'model' | 'params' | 'setModel' | 'setParams' | 'onBatchBegin' | 'onBatchEnd'
>;
export type EpochMoment = 'onEpochBegin' | 'onEpochEnd';
export type BatchMoment = Extract<Moment, `on${string}Batch${string}`>;

/** Older names of callback methods: by default, each calls the newer one. */
const older: Partial<Record<Moment, 'onBatchBegin' | 'onBatchEnd'>> = {
  onTrainBatchBegin: 'onBatchBegin',
  onTrainBatchEnd: 'onBatchEnd',
};

/** The callbacks of a run, called one after another; moments without listeners cost nothing. */
export class Listeners {
  readonly callbacks: readonly Callback[];

  readonly #lend: Lend;

  /** `run` is the caller: callbacks may use its model while it waits for them. */
  constructor(
    callbacks: readonly Callback[],
    run: { readonly model: unknown; readonly turns?: { readonly lend: Lend } },
    params: CallbackParams,
  ) {
    this.callbacks = callbacks;
    this.#lend = run.turns?.lend ?? (async (f) => f());
    for (const callback of callbacks) {
      callback.setModel(run.model);
      callback.setParams(params);
    }
  }

  /** The callbacks that override the method. */
  listening(moment: Moment): Callback[] {
    const names = [moment, ...(older[moment] ? [older[moment]] : [])];
    return this.callbacks.filter((c) => names.some((name) => c[name] !== Callback.prototype[name]));
  }
  async run(moment: Exclude<Moment, EpochMoment | BatchMoment>, logs: CallbackLogs = {}): Promise<void> {
    for (const callback of this.listening(moment)) await this.#lend(() => callback[moment](logs));
  }
  async epoch(moment: EpochMoment, epoch: number, logs: CallbackLogs = {}): Promise<void> {
    for (const callback of this.listening(moment)) await this.#lend(() => callback[moment](epoch, logs));
  }
  /** `logs` is only called if there is a listener. */
  async batch(moment: BatchMoment, batch: number, logs?: () => Promise<CallbackLogs>): Promise<void> {
    const listeners = this.listening(moment);
    if (listeners.length === 0) return;
    const numbers = logs ? await logs() : {};
    for (const callback of listeners) await this.#lend(() => callback[moment](batch, numbers));
  }
}
