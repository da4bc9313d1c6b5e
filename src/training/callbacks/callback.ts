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
  /** The optimizer that updates its weights. */
  readonly optimizer: Optimizer | undefined;
  /** Saves the whole model to a file. */
  save(
    path: string,
    options?: {
      /** Whether a file of that name is replaced; true by default. */
      overwrite?: boolean;
    },
  ): Promise<void>;
  /** Saves the weights to a file that ends in `.weights.h5`. */
  saveWeights(
    path: string,
    options?: {
      /** Whether a file of that name is replaced; true by default. */
      overwrite?: boolean;
    },
  ): Promise<void>;
  /** Sets the weights from a file. */
  loadWeights(path: string): Promise<void>;
  /** The weights, in the form stored in files. */
  [writeWeights](): Promise<H5Group>;
  [readWeights](file: H5Group): Promise<void>;
}

/** The parameters of the run. */
export interface CallbackParams {
  /** How much is told: 0 nothing, 1 a bar, 2 a line each epoch. */
  readonly verbose: number;
  /** How many epochs the run has. */
  readonly epochs: number;
  /** How many batches an epoch has, where that is known. */
  readonly steps: number | undefined;
}

/**
 * Base class of callbacks, which run at certain moments of training. Override the methods you need; they may be async.
 * `this.model` and `this.params` are set before training begins.
 * @see https://keras.io/api/callbacks/base_callback/
 */
export class Callback<M = any> {
  /** The parameters of the run; set before training begins. */
  params!: CallbackParams;
  #owner: M | undefined;

  /** The model being trained. */
  get model(): M {
    return this.#owner as M;
  }
  /** Called before training begins, with the model. */
  setModel(model: M): void {
    this.#owner = model;
  }
  /** Called before training begins, with the parameters of the run. */
  setParams(params: CallbackParams): void {
    this.params = params;
  }
  /** Before the first epoch. */
  onTrainBegin(_logs?: CallbackLogs): MaybePromise {}
  /** After the last epoch, with its logs. */
  onTrainEnd(_logs?: CallbackLogs): MaybePromise {}
  /** Before an epoch, counted from 0. */
  onEpochBegin(_epoch: number, _logs?: CallbackLogs): MaybePromise {}
  /** After an epoch and its validation: logs hold the loss, metrics, and those of validation as `val_…`. */
  onEpochEnd(_epoch: number, _logs?: CallbackLogs): MaybePromise {}
  /** Before a training step. */
  onTrainBatchBegin(batch: number, logs?: CallbackLogs): MaybePromise {
    return this.onBatchBegin(batch, logs);
  }
  /** After a training step, with the means so far in the epoch. */
  onTrainBatchEnd(batch: number, logs?: CallbackLogs): MaybePromise {
    return this.onBatchEnd(batch, logs);
  }
  /** Another name of `onTrainBatchBegin`. */
  onBatchBegin(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** Another name of `onTrainBatchEnd`. */
  onBatchEnd(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** Before an evaluation, or the validation of an epoch. */
  onTestBegin(_logs?: CallbackLogs): MaybePromise {}
  /** After it, with its results. */
  onTestEnd(_logs?: CallbackLogs): MaybePromise {}
  /** Before a batch of it. */
  onTestBatchBegin(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** After a batch of it, with the means so far. */
  onTestBatchEnd(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** Before a prediction. */
  onPredictBegin(_logs?: CallbackLogs): MaybePromise {}
  /** After it. */
  onPredictEnd(_logs?: CallbackLogs): MaybePromise {}
  /** Before a batch of it. */
  onPredictBatchBegin(_batch: number, _logs?: CallbackLogs): MaybePromise {}
  /** `outputs` holds the model's outputs for the batch. */
  onPredictBatchEnd(
    _batch: number,
    _logs?: {
      /** What the model gave for the batch. */
      readonly outputs?: unknown;
    },
  ): MaybePromise {}
}
