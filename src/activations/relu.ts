import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';

/** How `relu` bends: slope, ceiling and threshold. */
export interface ReluOptions {
  /** Slope below the threshold. */
  readonly negativeSlope?: number | undefined;
  /** Where the output stops growing; null for nowhere. */
  readonly maxValue?: number | null | undefined;
  /** Below it the output is `negativeSlope · (x - threshold)`. */
  readonly threshold?: number | undefined;
}
/**
 * `max(x, 0)`; with options, `x` between a threshold and a maximum, and a slope below.
 * @example relu([-1, 1]) // [0, 1]
 */
export const relu = op(
  'relu',
  (x: Tensor, { negativeSlope = 0, maxValue = null, threshold = 0 }: ReluOptions = {}): Tensor => {
    if (threshold === 0 && maxValue === null)
      return negativeSlope === 0 ? ops.relu(x) : ops.leakyRelu(x, { negativeSlope });
    const isSix = threshold === 0 && maxValue === 6;
    let y: Tensor;
    if (threshold !== 0) y = ops.multiply(x, ops.cast(ops.greater(x, threshold), x.dtype));
    else y = isSix ? ops.relu6(x) : ops.relu(x);
    if (maxValue !== null && !isSix) y = ops.clip(y, 0, maxValue);
    if (negativeSlope === 0) return y;
    return ops.subtract(y, ops.multiply(ops.relu(ops.subtract(threshold, x)), negativeSlope));
  },
  ['tensor'],
  { negativeSlope: true, maxValue: true, threshold: true },
);
