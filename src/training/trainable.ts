import type { Named } from '../base/errors.ts';
import type { Metric } from '../metrics/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import type { LossInputs, MetricInputs, StepBatch, StepLogs } from './step-types.ts';

/** Members that the training loop has of a model: symbols, so that a model's attributes may have any name. */
export const forward: unique symbol = Symbol('forward');
export const overrides: unique symbol = Symbol('overrides');
export const needsCall: unique symbol = Symbol('needsCall');
export const resumeEpoch: unique symbol = Symbol('resumeEpoch');
export const writeWeights: unique symbol = Symbol('writeWeights');
export const readWeights: unique symbol = Symbol('readWeights');

/** Members of Model that a class may write itself, where the loop asks whether it does. */
export type Overridable = 'trainStep' | 'testStep' | 'predictStep' | 'computeLoss' | 'compile';
type AnyBatch = StepBatch<any, any, any>;

/** What the training loop needs of a model. */
export interface Trainable extends Named {
  /** The forward pass. */
  [forward](inputs: unknown, training: boolean): unknown;
  /** Whether the model's class writes the member itself. */
  [overrides](member: Overridable): boolean;
  /** Whether the model can be called on a batch, and layers of it are built only then. */
  [needsCall]: { readonly canCall: boolean; readonly isBuilt: boolean };
  trainStep(batch: AnyBatch): StepLogs;
  testStep(batch: AnyBatch): StepLogs;
  predictStep(batch: AnyBatch): unknown;
  computeLoss(given: LossInputs<any, any, any, any>): Tensor;
  computeMetrics(given: MetricInputs<any, any, any, any>): StepLogs;
  getMetricsResult(): StepLogs;
  /** All metrics that gather something: those that were compiled, and those that it holds. */
  readonly metrics: readonly Metric[];
  readonly trainableVariables: Variable[];
  readonly nonTrainableVariables: Variable[];
  /** Scalars that add to the loss: from layers and regularizers. */
  readonly losses: Tensor[];
  readonly dtypePolicy: { readonly name: string };
  /** Inputs and outputs, where they are known before the first call. */
  readonly inputs?: readonly unknown[] | undefined;
  readonly outputs?: readonly unknown[] | undefined;
  /** Names of the outputs, in order. */
  readonly outputNames: readonly string[] | undefined;
  readonly built: boolean;
  /** Set by a callback to end training after the batch or epoch. */
  stopTraining: boolean;
  /** Set by a callback when training begins: the epoch to go on from. */
  [resumeEpoch]?: number | undefined;
  getWeights(): Tensor[];
  setWeights(values: readonly Tensor[]): void;
}
