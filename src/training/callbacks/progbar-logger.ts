import { print } from '../../base/config.ts';
import { refuseBeside } from '../../base/options.ts';
import { Progbar } from '../progbar.ts';
import { Callback, type CallbackLogs, type CallbackParams } from './callback.ts';

/** Prints a progress bar for each epoch. `fit` prints its own, according to `verbose`; use this one in a `CallbackList`. */
export class ProgbarLogger extends Callback {
  /** Steps of the epoch done so far. */
  seen = 0;
  /** The bar of the current epoch; null before the first. */
  progbar: Progbar | null = null;
  /** Steps per epoch, if known. */
  target: number | null = null;
  /** How much is printed: 0 nothing, 1 a bar, 2 a line for each epoch. */
  verbose = 1;
  /** Number of epochs of the run. */
  epochs = 1;
  #isInFit = false;

  constructor(...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    super();
  }

  override setParams(params: CallbackParams): void {
    super.setParams(params);
    const { verbose = 1, epochs = 1, steps } = params as Partial<CallbackParams>;
    this.verbose = verbose;
    this.epochs = epochs;
    this.target = steps ?? null;
  }
  override onTrainBegin(): void {
    // Validation runs under the epoch's bar.
    this.#isInFit = true;
  }
  override onEpochBegin(epoch: number): void {
    this.#begin();
    if (this.verbose > 0 && this.epochs > 1) print(`Epoch ${epoch + 1}/${this.epochs}`);
  }
  override onTestBegin(): void {
    if (!this.#isInFit) this.#begin();
  }
  override onPredictBegin(): void {
    this.#begin();
  }
  override onTrainBatchEnd(batch: number, logs?: CallbackLogs): void {
    this.#step(batch, logs);
  }
  override onTestBatchEnd(batch: number, logs?: CallbackLogs): void {
    if (!this.#isInFit) this.#step(batch, logs);
  }
  override onPredictBatchEnd(batch: number): void {
    this.#step(batch);
  }
  override onEpochEnd(_epoch: number, logs?: CallbackLogs): void {
    this.#finish(logs);
  }
  override onTestEnd(logs?: CallbackLogs): void {
    if (!this.#isInFit) this.#finish(logs);
  }
  override onPredictEnd(logs?: CallbackLogs): void {
    this.#finish(logs);
  }
  override onTrainEnd(): void {
    this.#isInFit = false;
  }
  #begin(): Progbar {
    this.seen = 0;
    return (this.progbar = new Progbar({ target: this.target, verbose: this.verbose, statelessMetrics: [] }));
  }
  #step(batch: number, logs: CallbackLogs = {}): void {
    const bar = this.progbar ?? this.#begin();
    this.seen = batch + 1;
    if (this.verbose === 1) bar.update(this.seen, logs, { finalize: false });
  }
  #finish(logs: CallbackLogs = {}): void {
    const bar = this.progbar ?? this.#begin();
    this.target ??= this.seen;
    bar.target = this.target;
    bar.update(this.target, logs, { finalize: true });
  }
}
