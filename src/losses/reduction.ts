import { type DType } from '../base/dtype.ts';
import { sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { alignLeading, alignRanks } from './align.ts';

/** How the losses of a batch are reduced; `sum_over_batch_size` and `mean` are the same. */
export const reductions = ['sum_over_batch_size', 'sum', 'none', 'mean', 'mean_with_sample_weight'] as const;
/** How the losses of samples become one: their sum, their mean, or not at all (`'none'`, null). */
export type Reduction = (typeof reductions)[number] | null;

/**
 * Weights that are zero where the mask is false; for means, scaled so that the mean is taken over the unmasked values.
 */
function maskWeights(mask: Tensor, reduction: Reduction, dtype: DType): Tensor {
  const counted = ops.cast(ops.cast(mask, 'bool'), dtype);
  if (reduction !== 'mean' && reduction !== 'sum_over_batch_size') return counted;
  return ops.multiply(counted, ops.divideNoNan(sizeOf(mask.shape), ops.sum(counted)));
}

/** Losses weighted by samples and a mask, and reduced. */
export function reduceWeighted(
  losses: Tensor,
  sampleWeight: Tensor | null,
  mask: Tensor | null,
  reduction: Reduction,
): Tensor {
  const { dtype } = losses;
  let weight = sampleWeight && ops.cast(sampleWeight, dtype);
  if (mask) {
    const own = maskWeights(mask, reduction, dtype);
    // One weight per sequence, together with a mask over its steps, applies to each step.
    weight = weight ? ops.multiply(...alignLeading(own, weight)) : own;
  }
  let values = losses;
  if (weight) {
    const [x, w] = alignLeading(...alignRanks(losses, weight));
    [values, weight] = [ops.multiply(x, w), w];
  }
  const isEmpty = values.shape.length === 1 && values.shape[0] === 0;
  if (reduction === null || reduction === 'none' || values.shape.length === 0 || isEmpty) return values;
  const total = ops.sum(values);
  if (reduction === 'sum') return total;
  const divisor = reduction === 'mean_with_sample_weight' && weight ? ops.sum(weight) : sizeOf(values.shape);
  return ops.divideNoNan(total, divisor);
}
