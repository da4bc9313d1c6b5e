import type { H5Group } from '../../formats/hdf5.ts';
import type { Optimizer } from '../../optimizers/index.ts';
import type { readWeights, Trainable, writeWeights } from '../trainable.ts';

/**
 * Loss and metrics by name; those of the validation with the prefix `val_`. Each is a number, or a list of numbers for
 * metrics with a vector result (`F1Score()` has one value per class).
 */
export type CallbackLogs = Record<string, any>;
export type MaybePromise = void | Promise<void>;

/** The model as seen by callbacks. */
export interface CallbackModel extends Trainable {
  readonly optimizer: Optimizer | undefined;
  save(path: string, options?: { overwrite?: boolean }): Promise<void>;
  saveWeights(path: string, options?: { overwrite?: boolean }): Promise<void>;
  loadWeights(path: string): Promise<void>;
  /** The weights, in the form stored in files. */
  [writeWeights](): Promise<H5Group>;
  [readWeights](file: H5Group): Promise<void>;
}

/** The parameters of the run. */
export interface CallbackParams {
  readonly verbose: number;
  readonly epochs: number;
  readonly steps: number | undefined;
}

/**
 * Base class of callbacks, which run at certain moments of training. Override the methods you need; they may be async.
 * `this.model` and `this.params` are set before training begins.
 * @see https://keras.io/api/callbacks/base_callback/
 */
export class Callback<M = any> {
  params!: CallbackParams;
  #owner: M | undefined;

  /** The model being trained. */
  get model(): M {
    return this.#owner as M;
  }
  setModel(model: M): void {
    this.#owner = model;
  }
  setParams(params: CallbackParams): void {
    this.params = params;
  }
  onTrainBegin(_logs?: CallbackLogs): MaybePromise {}
  onTrainEnd(_logs?: CallbackLogs): MaybePromise {}
  onEpochBegin(_epoch: number, _logs?: CallbackLogs): MaybePromise {}
  onEpochEnd(_epoch: number, _logs?: CallbackLogs): MaybePromise {}
  onTrainBatchBegin(batch: number, logs?: CallbackLogs): MaybePromise {
    return this.onBatchBegin(batch, logs);
  }
  onTrainBatchEnd(batch: number, logs?: CallbackLogs): MaybePromise {
    return this.onBatchEnd(batch, logs);
  }
  /** Another name of `onTrainBatchBegin`. */
  onBatchBegin(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** Another name of `onTrainBatchEnd`. */
  onBatchEnd(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  onTestBegin(_logs?: CallbackLogs): MaybePromise {}
  onTestEnd(_logs?: CallbackLogs): MaybePromise {}
  onTestBatchBegin(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  onTestBatchEnd(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  onPredictBegin(_logs?: CallbackLogs): MaybePromise {}
  onPredictEnd(_logs?: CallbackLogs): MaybePromise {}
  onPredictBatchBegin(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** `outputs` holds the model's outputs for the batch. */
  onPredictBatchEnd(_batch: number, _logs?: { readonly outputs?: unknown }): MaybePromise {}
}
