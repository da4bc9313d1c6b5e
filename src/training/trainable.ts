import type { Named } from '../base/errors.ts';
import type { Metric } from '../metrics/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import type { LossInputs, MetricInputs, StepBatch, StepLogs } from './step-types.ts';

/** Members of a model used by the training loop: symbols, so that a model's attributes may have any name. */
export const forward: unique symbol = Symbol('forward');
export const overrides: unique symbol = Symbol('overrides');
export const needsCall: unique symbol = Symbol('needsCall');
export const resumeEpoch: unique symbol = Symbol('resumeEpoch');
export const writeWeights: unique symbol = Symbol('writeWeights');
export const readWeights: unique symbol = Symbol('readWeights');

/** Members of Model that a class may override and that the loop checks for. */
export type Overridable = 'trainStep' | 'testStep' | 'predictStep' | 'computeLoss' | 'compile';
type AnyBatch = StepBatch<any, any, any>;

/** What the training loop needs of a model. */
export interface Trainable extends Named {
  /** The forward pass. */
  [forward](inputs: unknown, training: boolean): unknown;
  /** Whether the model's class overrides the member. */
  [overrides](member: Overridable): boolean;
  /** Whether the model can be called on a batch and builds layers only then. */
  [needsCall]: { readonly canCall: boolean; readonly isBuilt: boolean };
  /** One training step: loss, gradients, update, metrics. Returns the logs. */
  trainStep(batch: AnyBatch): StepLogs;
  /** Loss and metrics of a batch. Returns the logs. */
  testStep(batch: AnyBatch): StepLogs;
  /** The outputs for a batch. */
  predictStep(batch: AnyBatch): unknown;
  /** The loss of a batch, a scalar, with what layers and regularizers add. */
  computeLoss(given: LossInputs<any, any, any, any>): Tensor;
  /** Updates the compiled metrics with a batch. Returns the logs. */
  computeMetrics(given: MetricInputs<any, any, any, any>): StepLogs;
  /** The values of all metrics, by their names in logs. */
  getMetricsResult(): StepLogs;
  /** All stateful metrics: compiled ones, and those the model holds. */
  readonly metrics: readonly Metric[];
  /** The variables that training updates. */
  readonly trainableVariables: Variable[];
  /** All other variables, such as moving statistics and states of seed generators. */
  readonly nonTrainableVariables: Variable[];
  /** Scalars added to the loss by layers and regularizers. */
  readonly losses: Tensor[];
  /** In which dtypes it computes and keeps its weights, by name. */
  readonly dtypePolicy: { readonly name: string };
  /** Inputs and outputs, if known before the first call. */
  readonly inputs?: readonly unknown[] | undefined;
  /** The results of its graph; undefined if unknown. */
  readonly outputs?: readonly unknown[] | undefined;
  /** Names of the outputs, in order. */
  readonly outputNames: readonly string[] | undefined;
  /** Whether its weights exist. */
  readonly built: boolean;
  /** Set by a callback to stop training after the batch or epoch. */
  stopTraining: boolean;
  /** Set by a callback when training begins: the epoch to resume from. */
  [resumeEpoch]?: number | undefined;
  /** The values of all weights, in the order of `weights`. */
  getWeights(): Tensor[];
  /** Sets all weights, in the order of `getWeights`. */
  setWeights(values: readonly Tensor[]): void;
}
