import { Callback, type CallbackLogs, type CallbackParams } from './callback.ts';

type Moment = Exclude<keyof Callback, 'model' | 'params' | 'setModel' | 'setParams'>;
type EpochMoment = 'onEpochBegin' | 'onEpochEnd';
type BatchMoment = Extract<Moment, `on${string}Batch${string}`>;

/** Callbacks, called one after the other; what nobody listens to costs nothing. */
export class CallbackList {
  readonly callbacks: readonly Callback[];

  constructor(callbacks: readonly Callback[], model: unknown, params: CallbackParams) {
    this.callbacks = callbacks;
    for (const callback of callbacks) {
      callback.setModel(model);
      callback.setParams(params);
    }
  }

  /** Those that wrote the method. */
  private listeners(moment: Moment): Callback[] {
    return this.callbacks.filter((c) => c[moment] !== Callback.prototype[moment]);
  }
  async run(moment: Exclude<Moment, EpochMoment | BatchMoment>, logs: CallbackLogs = {}): Promise<void> {
    for (const callback of this.listeners(moment)) await callback[moment](logs);
  }
  async epoch(moment: EpochMoment, epoch: number, logs: CallbackLogs = {}): Promise<void> {
    for (const callback of this.listeners(moment)) await callback[moment](epoch, logs);
  }
  /** `logs` is asked for only when somebody listens. */
  async batch(moment: BatchMoment, batch: number, logs?: () => Promise<CallbackLogs>): Promise<void> {
    const listeners = this.listeners(moment);
    if (listeners.length === 0) return;
    const numbers = logs ? await logs() : {};
    for (const callback of listeners) await callback[moment](batch, numbers);
  }
}
