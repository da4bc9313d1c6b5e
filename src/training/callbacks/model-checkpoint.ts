import { fail } from '../../base/errors.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';
import { type Mode, Monitor } from './monitor.ts';

export interface ModelCheckpointOptions {
  /** File to write; may hold `{epoch:02d}` and `{val_loss:.2f}`-like fields. */
  readonly filepath: string;
  readonly monitor?: string;
  readonly verbose?: 0 | 1;
  /** Writes only when the quantity got better. */
  readonly saveBestOnly?: boolean;
  /** Writes weights alone (`.weights.h5`) instead of the whole model (`.keras`). */
  readonly saveWeightsOnly?: boolean;
  readonly mode?: Mode;
  /** "epoch", or every so many batches. */
  readonly saveFreq?: 'epoch' | number;
  /** Value that the first file must better. */
  readonly initialValueThreshold?: number | null;
}

/** Saves the model, or its weights, at the end of epochs or every so many batches. */
export class ModelCheckpoint extends Callback<CallbackModel> {
  private readonly options: Required<ModelCheckpointOptions>;
  private readonly monitor: Monitor;
  private best: number;
  private batches = 0;
  private epoch = 0;

  constructor(options: ModelCheckpointOptions) {
    super();
    this.options = {
      monitor: 'val_loss',
      verbose: 0,
      saveBestOnly: false,
      saveWeightsOnly: false,
      mode: 'auto',
      saveFreq: 'epoch',
      initialValueThreshold: null,
      ...options,
    };
    const { filepath, saveWeightsOnly, monitor, mode, initialValueThreshold } = this.options;
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
    this.monitor = new Monitor('ModelCheckpoint', monitor, mode);
    this.best = initialValueThreshold ?? this.monitor.worst;
  }

  override onEpochBegin(epoch: number): void {
    this.epoch = epoch;
  }
  override async onTrainBatchEnd(batch: number, logs: CallbackLogs = {}): Promise<void> {
    const { saveFreq } = this.options;
    if (typeof saveFreq !== 'number' || ++this.batches % saveFreq !== 0) return;
    await this.save(logs, batch);
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    this.epoch = epoch;
    if (this.options.saveFreq === 'epoch') await this.save(logs);
  }

  private async save(logs: CallbackLogs, batch?: number): Promise<void> {
    const { saveBestOnly, saveWeightsOnly, verbose, monitor } = this.options;
    const path = fillIn(this.options.filepath, {
      epoch: this.epoch + 1,
      ...(batch !== undefined && { batch: batch + 1 }),
      ...logs,
    });
    if (saveBestOnly) {
      const value = this.monitor.value(logs);
      if (value === undefined) return;
      if (!this.monitor.isBetter(value, this.best)) {
        if (verbose > 0)
          console.log(`\nEpoch ${this.epoch + 1}: ${monitor} did not improve from ${this.best.toFixed(5)}`);
        return;
      }
      if (verbose > 0)
        console.log(
          `\nEpoch ${this.epoch + 1}: ${monitor} improved from ${showBest(this.best)} to ${value.toFixed(5)}, saving model to ${path}`,
        );
      this.best = value;
    } else if (verbose > 0) console.log(`\nEpoch ${this.epoch + 1}: saving model to ${path}`);
    await (saveWeightsOnly
      ? this.model.saveWeights(path, { overwrite: true })
      : this.model.save(path, { overwrite: true }));
  }
}
const showBest = (best: number): string => (Number.isFinite(best) ? best.toFixed(5) : best > 0 ? 'inf' : '-inf');

/** Python's `{name:02d}` and `{name:.2f}` fields, filled in. */
function fillIn(template: string, values: Readonly<Record<string, number>>): string {
  return template.replace(
    /\{(\w+)(?::0?(\d*)(?:\.(\d+))?([df])?)?\}/g,
    (_, name: string, width: string, digits: string, kind: string) => {
      const value =
        values[name] ??
        fail(
          'ModelCheckpoint',
          `the file name asks for "${name}", which is not among the logs (${Object.keys(values).join(', ')})`,
          'use the names of the logs',
        );
      const text = kind === 'f' || digits ? value.toFixed(Number(digits || 6)) : String(value);
      return text.padStart(Number(width || 0), '0');
    },
  );
}
