import type { Lend } from '../../data/iterable.ts';
import { Callback, type CallbackLogs, type CallbackParams } from './callback.ts';

type Moment = Exclude<keyof Callback, 'model' | 'params' | 'setModel' | 'setParams' | 'onBatchBegin' | 'onBatchEnd'>;
type EpochMoment = 'onEpochBegin' | 'onEpochEnd';
type BatchMoment = Extract<Moment, `on${string}Batch${string}`>;

/** Older names of moments: what a callback does by default at the one is what it does at the other. */
const older: Partial<Record<Moment, 'onBatchBegin' | 'onBatchEnd'>> = {
  onTrainBatchBegin: 'onBatchBegin',
  onTrainBatchEnd: 'onBatchEnd',
};

/** The callbacks of a run, called one after the other; what nobody listens to costs nothing. */
export class Listeners {
  readonly callbacks: readonly Callback[];

  readonly #lend: Lend;

  /** `run` is what calls them: they may use its model while it waits for them. */
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

  /** Those that wrote the method. */
  #listeners(moment: Moment): Callback[] {
    const names = [moment, ...(older[moment] ? [older[moment]] : [])];
    return this.callbacks.filter((c) => names.some((name) => c[name] !== Callback.prototype[name]));
  }
  async run(moment: Exclude<Moment, EpochMoment | BatchMoment>, logs: CallbackLogs = {}): Promise<void> {
    for (const callback of this.#listeners(moment)) await this.#lend(() => callback[moment](logs));
  }
  async epoch(moment: EpochMoment, epoch: number, logs: CallbackLogs = {}): Promise<void> {
    for (const callback of this.#listeners(moment)) await this.#lend(() => callback[moment](epoch, logs));
  }
  /** `logs` is asked for only when somebody listens. */
  async batch(moment: BatchMoment, batch: number, logs?: () => Promise<CallbackLogs>): Promise<void> {
    const listeners = this.#listeners(moment);
    if (listeners.length === 0) return;
    const numbers = logs ? await logs() : {};
    for (const callback of listeners) await this.#lend(() => callback[moment](batch, numbers));
  }
}
