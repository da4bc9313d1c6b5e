import type { OptionNames } from '../base/options.ts';
import type { Like, Tensor } from '../tensor/index.ts';

/** One batch as `trainStep`, `testStep` and `predictStep` receive it: the data given to `fit`, as nests of tensors. */
export interface StepBatch<X = Tensor, Y = Tensor, W = Tensor | undefined> {
  /** The inputs. */
  readonly x: X;
  /** Labels; undefined if the data has none. */
  readonly y: Y;
  /** Sample weights, class weights included; undefined if there are none. */
  readonly sampleWeight: W;
  /** Number of samples. */
  readonly size: number;
}

/** The result of a step: values for the logs, by name. */
export type StepLogs = Readonly<Record<string, Like>>;

/** What metrics receive. */
export interface MetricInputs<X = Tensor, Y = Tensor, P = Tensor, W = Tensor | undefined> {
  /** Inputs of the batch. */
  readonly x?: X | undefined;
  /** Labels of the batch. */
  readonly y?: Y | undefined;
  /** The model's outputs for `x`. */
  readonly yPred?: P | undefined;
  /** A weight for each sample. */
  readonly sampleWeight?: W;
}
/** What a loss is computed from. */
export interface LossInputs<X = Tensor, Y = Tensor, P = Tensor, W = Tensor | undefined>
  extends MetricInputs<X, Y, P, W> {
  /** Whether it is computed for training rather than evaluation; true by default. */
  readonly training?: boolean;
}
export const metricInputs: OptionNames<MetricInputs> = { x: true, y: true, yPred: true, sampleWeight: true };
export const lossInputs: OptionNames<LossInputs> = { ...metricInputs, training: true };
