import { print } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exposeOptions } from '../../base/exposed.ts';
import { fixed } from '../../base/fixed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { makeFolderOf } from '../../formats/file.ts';
import { BatchCounter } from './batch-counter.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';
import { type Mode, Monitor } from './monitor.ts';

/** Options of `ModelCheckpoint`. */
export interface ModelCheckpointOptions {
  /** Path of the file; may contain fields like `{epoch:02d}` and `{val_loss:.2f}`. */
  readonly filepath: string;
  /** Quantity to monitor; `'val_loss'` by default. */
  readonly monitor?: string;
  /** 1 prints a message when a file is written; 0 by default. */
  readonly verbose?: 0 | 1;
  /** Saves only when the monitored quantity has improved. */
  readonly saveBestOnly?: boolean;
  /** Saves only the weights (`.weights.h5`) instead of the whole model (`.keras`). */
  readonly saveWeightsOnly?: boolean;
  /** `'min'`: lower is better, `'max'`: higher is; by default the name of the log decides. */
  readonly mode?: Mode;
  /** "epoch", or a number of batches between saves. */
  readonly saveFreq?: 'epoch' | number;
  /** Value that must be improved upon before the first save. */
  readonly initialValueThreshold?: number | null;
}
const modelCheckpointOptions: OptionNames<ModelCheckpointOptions> = {
  filepath: true,
  monitor: true,
  verbose: true,
  saveBestOnly: true,
  saveWeightsOnly: true,
  mode: true,
  saveFreq: true,
  initialValueThreshold: true,
};

/** Saves the model or its weights at the end of each epoch, or every n batches. */
export class ModelCheckpoint extends Callback<CallbackModel> {
  readonly #options: Required<ModelCheckpointOptions>;
  readonly #monitor: Monitor;
  readonly #counter: BatchCounter | undefined;
  /** The best value so far; `initialValueThreshold` before the first. */
  best: number | null;
  /** Smallest change that counts as an improvement. */
  readonly minDelta = 0;
  #epoch = 0;

  constructor(options: ModelCheckpointOptions, ...surplus: undefined[]) {
    optionsOf('ModelCheckpoint', modelCheckpointOptions, options, surplus);
    super();
    this.#options = {
      monitor: 'val_loss',
      verbose: 0,
      saveBestOnly: false,
      saveWeightsOnly: false,
      mode: 'auto',
      saveFreq: 'epoch',
      initialValueThreshold: null,
      ...options,
    };
    exposeOptions(this, this.#options);
    const { filepath, saveWeightsOnly, initialValueThreshold, saveFreq } = this.#options;
    if (saveWeightsOnly && !filepath.endsWith('.weights.h5'))
      fail(
        'ModelCheckpoint',
        `with saveWeightsOnly the file must end in ".weights.h5", got "${filepath}"`,
        'rename the file',
      );
    if (!saveWeightsOnly && !/\.(keras|h5)$/.test(filepath))
      fail(
        'ModelCheckpoint',
        `the file must end in ".keras" (or ".h5"), got "${filepath}"`,
        'rename the file, or set saveWeightsOnly',
      );
    this.#monitor = new Monitor('ModelCheckpoint', this.#options);
    this.#counter = saveFreq === 'epoch' ? undefined : new BatchCounter('ModelCheckpoint', saveFreq);
    this.best = initialValueThreshold;
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
  }
  override async onTrainBatchEnd(batch: number, logs: CallbackLogs = {}): Promise<void> {
    if (this.#counter?.isDue(batch)) await this.#save(logs, batch);
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    this.#epoch = epoch;
    if (!this.#counter) await this.#save(logs);
  }

  async #save(logs: CallbackLogs, batch?: number): Promise<void> {
    const counts = { epoch: this.#epoch + 1, ...(batch !== undefined && { batch: batch + 1 }) };
    const { fillIn } = await import('./fill-in.ts');
    const path = fillIn(this.#options.filepath, counts, logs);
    if (!this.#isDue(logs, path)) return;
    await makeFolderOf(path);
    await (this.#options.saveWeightsOnly
      ? this.model.saveWeights(path, { overwrite: true })
      : this.model.save(path, { overwrite: true }));
  }
  /** Whether the model is worth saving; remembers the best value. */
  #isDue(logs: CallbackLogs, path: string): boolean {
    const { saveBestOnly, verbose } = this.#options;
    const say = (text: string): void => {
      if (verbose > 0) print(`\nEpoch ${this.#epoch + 1}: ${text}`);
    };
    const value = saveBestOnly ? this.#monitor.value(logs) : undefined;
    if (value === undefined) {
      say(`saving model to ${path}`);
      return true;
    }
    this.#monitor.judge(this.model, logs);
    const { name } = this.#monitor;
    const before = this.best === null ? 'None' : fixed(this.best, 5);
    if (!this.#monitor.isBetter(value, this.best)) {
      say(`${name} did not improve from ${before}`);
      return false;
    }
    say(`${name} improved from ${before} to ${fixed(value, 5)}, saving model to ${path}`);
    this.best = value;
    return true;
  }
}
export interface ModelCheckpoint extends Readonly<Required<ModelCheckpointOptions>> {}
