import type { OptionNames } from '../base/options.ts';
import type { Like, Tensor, Variable } from '../tensor/index.ts';

/** One batch as `trainStep`, `testStep` and `predictStep` get it: what `fit` was given, as nests of tensors. */
export interface StepBatch<X = Tensor, Y = Tensor, W = Tensor | undefined> {
  readonly x: X;
  /** Labels; undefined where the data holds none. */
  readonly y: Y;
  /** Weights of the samples, class weights included; undefined where there are none. */
  readonly sampleWeight: W;
  /** Number of samples. */
  readonly size: number;
}

/** What a step gives: numbers for the logs by name. */
export type StepLogs = Readonly<Record<string, Like>>;

/** What metrics are updated with. */
export interface MetricInputs<X = Tensor, Y = Tensor, P = Tensor, W = Tensor | undefined> {
  readonly x?: X;
  readonly y?: Y;
  /** What the model gave for `x`. */
  readonly yPred?: P;
  readonly sampleWeight?: W;
}
/** What a loss is computed of. */
export interface LossInputs<X = Tensor, Y = Tensor, P = Tensor, W = Tensor | undefined>
  extends MetricInputs<X, Y, P, W> {
  /** Whether it is computed to train, and not to evaluate; true when absent. */
  readonly training?: boolean;
}
export const metricInputs: OptionNames<MetricInputs> = { x: true, y: true, yPred: true, sampleWeight: true };
export const lossInputs: OptionNames<LossInputs> = { ...metricInputs, training: true };

/** What a hook is told beside the gradients. */
export interface GradientsOf {
  /** The variables that they belong to, in order. */
  readonly variables: readonly Variable[];
  /** Number of samples in the batch: what a mean over several batches weighs them by. */
  readonly size: number;
}
/**
 * What gradients pass between the backward pass and the update, such as their mean over machines: it gets one tensor for each
 * trainable variable, which lives until the update, and gives as many.
 */
export type GradientHook = (
  gradients: readonly Tensor[],
  of: GradientsOf,
) => readonly Tensor[] | Promise<readonly Tensor[]>;
