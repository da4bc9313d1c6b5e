import { fail } from '../../base/errors.ts';
import { exposeOptions } from '../../base/exposed.ts';
import { optionsOf } from '../../base/options.ts';
import { part } from '../../base/part.ts';
import { Callback, type CallbackLogs } from './callback.ts';
import type { LoggedModel, TensorBoardLog } from './tensor-board-log.ts';
import { type TensorBoardOptions, tensorBoardOptions } from './tensor-board-options.ts';

/**
 * Writes what TensorBoard shows: losses and metrics, histograms of weights, the model. In Node; `tensorboard --logdir logs` shows it.
 * @see https://keras.io/api/callbacks/tensorboard/
 */
export class TensorBoard extends Callback<LoggedModel> {
  readonly #options: Required<TensorBoardOptions>;
  #log: Promise<TensorBoardLog> | undefined;

  constructor(options: TensorBoardOptions = {}, ...surplus: undefined[]) {
    optionsOf('TensorBoard', tensorBoardOptions, options, surplus);
    super();
    this.#options = {
      logDir: 'logs',
      histogramFreq: 0,
      writeGraph: true,
      writeImages: false,
      writeStepsPerSecond: false,
      updateFreq: 'epoch',
      profileBatch: 0,
      embeddingsFreq: 0,
      embeddingsMetadata: null,
      ...options,
    };
    const { updateFreq, histogramFreq, embeddingsFreq, profileBatch } = this.#options;
    const isCount = (x: unknown, least: number): boolean => Number.isInteger(x) && (x as number) >= least;
    if (updateFreq !== 'batch' && updateFreq !== 'epoch' && !isCount(updateFreq, 1))
      fail(
        'TensorBoard',
        `updateFreq is ${JSON.stringify(updateFreq)}`,
        'give "epoch", "batch" or a number of batches',
      );
    for (const [name, x] of Object.entries({ histogramFreq, embeddingsFreq }))
      if (!isCount(x, 0)) fail('TensorBoard', `${name} is ${JSON.stringify(x)}`, 'give a number of epochs, or 0');
    if (profileBatch)
      fail(
        'TensorBoard',
        'there is no profile that TensorBoard shows',
        'leave profileBatch out; model.trainFunction.explain({ timed: true }) says where the time of a step goes',
      );
    exposeOptions(this, this.#options);
    // Who listens to batches has their logs read: only where they are wanted.
    if (updateFreq !== 'epoch') {
      this.onTrainBatchBegin = async () => (await this.#opened()).batchBegin();
      this.onTrainBatchEnd = async (_, logs) => (await this.#opened()).batchEnd(logs ?? {});
    }
  }
  override setModel(model: LoggedModel): void {
    super.setModel(model);
    this.#log = undefined;
  }
  override async onTrainBegin(): Promise<void> {
    await (await this.#opened()).trainBegin();
  }
  override async onEpochBegin(): Promise<void> {
    await (await this.#opened()).epochBegin();
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    await (await this.#opened()).epochEnd(epoch, logs);
  }
  override async onTestEnd(logs: CallbackLogs = {}): Promise<void> {
    await (await this.#opened()).testEnd(logs);
  }
  /** What writes, a part of the library of its own. */
  #opened(): Promise<TensorBoardLog> {
    this.#log ??= part('TensorBoard', () => import('./tensor-board-log.ts')).then(
      ({ TensorBoardLog }) => new TensorBoardLog(this.#options, this.model),
    );
    return this.#log;
  }
}
export interface TensorBoard extends Readonly<Required<TensorBoardOptions>> {}
