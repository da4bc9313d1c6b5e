import type { OptionNames } from '../base/options.ts';
import type { Like, Tensor } from '../tensor/index.ts';

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
