import type { OptionNames } from '../../base/options.ts';

/** Options of `TensorBoard`. */
export interface TensorBoardOptions {
  /** The folder of the run; what training gives goes to `train` in it, what validation gives to `validation`. Default: "logs". */
  readonly logDir?: string;
  /** Every so many epochs histograms of all weights are written; 0, the default, for never. */
  readonly histogramFreq?: number;
  /** Whether the config of a functional or sequential model is written, which TensorBoard draws. Default: true. */
  readonly writeGraph?: boolean;
  /** Whether weights are written as images too, along with their histograms. */
  readonly writeImages?: boolean;
  /** Whether steps per second are written. */
  readonly writeStepsPerSecond?: boolean;
  /** "epoch" (the default), "batch", or every so many batches: when losses and metrics of batches are written. */
  readonly updateFreq?: 'batch' | 'epoch' | number;
  /** Not here: 0. `model.trainFunction.explain({ timed: true })` says where a step's time goes. */
  readonly profileBatch?: 0;
  /** Every so many epochs embeddings are written for TensorBoard's projector; 0, the default, for never. */
  readonly embeddingsFreq?: number;
  /** The file that names the rows of an embedding, relative to `logDir`: of all, or by the names of layers. */
  readonly embeddingsMetadata?: string | Readonly<Record<string, string>> | null;
}
export const tensorBoardOptions: OptionNames<TensorBoardOptions> = {
  logDir: true,
  histogramFreq: true,
  writeGraph: true,
  writeImages: true,
  writeStepsPerSecond: true,
  updateFreq: true,
  profileBatch: true,
  embeddingsFreq: true,
  embeddingsMetadata: true,
};
