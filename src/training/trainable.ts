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
  trainStep(batch: AnyBatch): StepLogs;
  testStep(batch: AnyBatch): StepLogs;
  predictStep(batch: AnyBatch): unknown;
  computeLoss(given: LossInputs<any, any, any, any>): Tensor;
  computeMetrics(given: MetricInputs<any, any, any, any>): StepLogs;
  getMetricsResult(): StepLogs;
  /** All stateful metrics: compiled ones, and those the model holds. */
  readonly metrics: readonly Metric[];
  readonly trainableVariables: Variable[];
  readonly nonTrainableVariables: Variable[];
  /** Scalars added to the loss by layers and regularizers. */
  readonly losses: Tensor[];
  readonly dtypePolicy: { readonly name: string };
  /** Inputs and outputs, if known before the first call. */
  readonly inputs?: readonly unknown[] | undefined;
  readonly outputs?: readonly unknown[] | undefined;
  /** Names of the outputs, in order. */
  readonly outputNames: readonly string[] | undefined;
  readonly built: boolean;
  /** Set by a callback to stop training after the batch or epoch. */
  stopTraining: boolean;
  /** Set by a callback when training begins: the epoch to resume from. */
  [resumeEpoch]?: number | undefined;
  getWeights(): Tensor[];
  setWeights(values: readonly Tensor[]): void;
}
