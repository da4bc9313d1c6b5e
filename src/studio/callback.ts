import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { exposeOptions } from '../base/exposed.ts';
import { optionsOf } from '../base/options.ts';
import { part } from '../base/part.ts';
import { Callback, type CallbackLogs } from '../training/callbacks/callback.ts';
import { checkNote } from './check-note.ts';
import { type StudioNoteOptions, type StudioOptions, studioNoteOptions, studioOptions } from './options.ts';
import type { RunLog } from './run-log.ts';

/**
 * Shows a run in the studio while it is going on: curves, histograms, the model and its kernels. In Node the page is
 * served locally and its address printed; in a page `visualization.studio(model, element)` shows it.
 */
export class Studio extends Callback {
  readonly #options: Required<StudioOptions>;
  #log: Promise<RunLog> | undefined;
  #url: string | undefined;

  constructor(options: StudioOptions = {}, ...surplus: undefined[]) {
    optionsOf('Studio', studioOptions, options, surplus);
    super();
    this.#options = {
      port: 0,
      logDir: null,
      name: null,
      histogramFrequency: 0,
      histogramData: null,
      updateFrequency: 'batch',
      hyperparameters: null,
      controls: false,
      ...options,
    };
    const { port, histogramFrequency, updateFrequency } = this.#options;
    const isCount = (x: unknown, most: number): boolean =>
      Number.isInteger(x) && (x as number) >= 0 && (x as number) <= most;
    if (port !== null && !isCount(port, 65535))
      fail('Studio', `port is ${JSON.stringify(port)}`, 'give a port, 0 for any that is free, or null for none');
    if (!isCount(histogramFrequency, Infinity))
      fail('Studio', `histogramFrequency is ${JSON.stringify(histogramFrequency)}`, 'give a number of epochs, or 0');
    if (updateFrequency !== 'batch' && updateFrequency !== 'epoch')
      fail('Studio', `updateFrequency is ${JSON.stringify(updateFrequency)}`, 'give "batch" or "epoch"');
    const { histogramData } = this.#options;
    if (histogramData !== null && !(Array.isArray(histogramData) && [1, 2].includes(histogramData.length)))
      fail('Studio', 'histogramData is no list of samples', 'give [x, y] or [x]');
    if (histogramData !== null && histogramFrequency === 0)
      fail('Studio', 'histogramData is given, but no histograms are asked for', 'pass histogramFrequency as well');
    const { hyperparameters } = this.#options;
    for (const [key, value] of Object.entries(hyperparameters ?? {}))
      if (!['string', 'number', 'boolean'].includes(typeof value))
        fail('Studio', `the hyperparameter "${key}" is no number, text or boolean`, 'give its value as one of these');
    exposeOptions(this, this.#options);
    // Listening to batches causes their logs to be read from the device, so this is done only if wanted.
    if (updateFrequency === 'batch')
      this.onTrainBatchEnd = async (batch, logs) => (await this.#opened()).batchEnd(batch, logs ?? {});
  }
  /** The address of the page, once training has begun. */
  get url(): string | undefined {
    return this.#url;
  }
  override async onTrainBegin(): Promise<void> {
    this.#log = undefined;
    const log = await this.#opened();
    await log.trainBegin(this.params);
    this.#url = log.url;
  }
  override async onEpochBegin(epoch: number): Promise<void> {
    (await this.#opened()).epochBegin(epoch);
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    await (await this.#opened()).epochEnd(epoch, logs);
  }
  override async onTrainEnd(): Promise<void> {
    await (await this.#opened()).trainEnd();
  }
  /**
   * Shows a picture (a data URL), a text, a matrix of counts such as that of confusions, numbers or lines by name, or what the
   * evaluation of a detector found, beside the curves.
   */
  async note(tag: string, what: StudioNoteOptions): Promise<void> {
    const shown = optionsOf('Studio.note', studioNoteOptions, what);
    checkNote(tag, shown);
    (await this.#opened()).note(tag, shown);
  }
  /** Stops serving; otherwise the page keeps the process alive. */
  async close(): Promise<void> {
    await (await this.#log)?.close();
  }
  #opened(): Promise<RunLog> {
    this.#log ??= part('Studio', () => import('./run-log.ts')).then(
      ({ RunLog }) => new RunLog(this.#options, this.model),
    );
    return this.#log;
  }

  static {
    exactMethods<Studio>(this);
  }
}
export interface Studio extends Readonly<Required<StudioOptions>> {}
