import { fail } from '../base/errors.ts';
import { showShape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignLeading, alignRanks } from '../losses/align.ts';
import * as ops from '../ops/index.ts';
import { tensor } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { accumulate } from './metric.ts';

/** True and false positives and negatives, one number per threshold; only those present are updated. */
export interface Counts {
  readonly truePositives?: Variable;
  readonly falsePositives?: Variable;
  readonly trueNegatives?: Variable;
  readonly falseNegatives?: Variable;
}
export interface ConfusionOptions {
  /** Predictions above one of them count as positive for it. */
  readonly thresholds: readonly number[];
  /** Only the k highest predictions of an example count as positive. */
  readonly topK?: number | null;
  /** The one class that is counted. */
  readonly classId?: number | null;
  /** A weight for each example. */
  readonly sampleWeight?: Tensor | null;
  /** Whether classes are counted separately: counts then have shape [thresholds, classes]. */
  readonly multiLabel?: boolean;
  /** A weight for each label. */
  readonly labelWeights?: Tensor | null;
}

/** Whether thresholds are 0, 1/n, …, 1, up to rounding. */
export const areEven = (thresholds: readonly number[]): boolean =>
  thresholds.length >= 3 &&
  thresholds.every((t, k) => {
    const even = k / (thresholds.length - 1);
    return Math.abs(t - even) <= 1e-7 + 1e-5 * Math.abs(even);
  });
/** The thresholds of an option: a number or several, checked. */
export function thresholdsOf(given: number | readonly number[] | null, standard: number): readonly number[] {
  return given === null ? [standard] : typeof given === 'number' ? [given] : given;
}
/** A prediction below every threshold. */
export const lowest = -1e10;

/** Predictions that are not among the k largest of their row become lower than any threshold. */
function onlyTopK(y: Tensor, k: number): Tensor {
  const [, indices] = ops.topK(y, k) as [Tensor, Tensor];
  const isTop = ops.sum(ops.oneHot(indices, y.shape.at(-1)!, { dtype: y.dtype }), { axis: -2 });
  return ops.add(ops.multiply(y, isTop), ops.multiply(ops.subtract(1, isTop), lowest));
}
const columnOf = (x: Tensor, k: number): Tensor => ops.getItem(x, ['...', { slice: [k, k + 1] }]);

/** Counts a batch: predictions greater than a threshold are positive. */
export function countConfusion(counts: Counts, yTrue: Tensor, yPred: Tensor, options: ConfusionOptions): void {
  const { topK = null, classId = null, thresholds } = options;
  const { dtype } = Object.values(counts)[0] as Variable;
  let [y, t] = alignRanks(ops.cast(yPred, dtype), ops.cast(yTrue, dtype));
  let weight = options.sampleWeight ? ops.cast(options.sampleWeight, dtype) : null;
  if (weight && weight.shape.length < t.shape.length) weight = alignLeading(weight, t)[0];
  if (topK !== null) y = onlyTopK(y, topK);
  if (classId !== null) {
    if (y.shape.length === 1)
      fail('classId', `predictions have shape ${showShape(y.shape)}`, 'give predictions of shape [batch, classes]');
    [t, y] = [columnOf(t, classId), columnOf(y, classId)];
  }
  if (weight) weight = ops.broadcastTo(weight, y.shape);
  const { labelWeights } = options;
  if (labelWeights) {
    const spread = ops.broadcastTo(ops.cast(labelWeights, dtype), y.shape);
    weight = weight ? ops.multiply(weight, spread) : spread;
  }
  const isTrue = ops.cast(ops.cast(t, 'bool'), dtype);
  const weighted = (x: Tensor): Tensor => (weight ? ops.multiply(x, weight) : x);
  const columns = options.multiLabel ? y.shape.at(-1)! : 1;
  const table = (x: Tensor): Tensor => ops.reshape(x, [sizeOf(x.shape) / columns, columns]);
  const positives = table(weighted(isTrue));
  const negatives = table(weighted(ops.subtract(1, isTrue)));
  const count = areEven(thresholds) ? byBucket(table(y), thresholds) : byComparison(table(y), thresholds);
  const place = (x: Tensor): Tensor => (options.multiLabel ? x : ops.squeeze(x, { axis: -1 }));
  const total = (x: Tensor): Tensor => ops.sum(x, { axis: 0, keepdims: true });
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = counts;
  if (truePositives || falseNegatives) {
    const hit = count(positives);
    if (truePositives) accumulate(truePositives, place(hit));
    if (falseNegatives) accumulate(falseNegatives, place(ops.subtract(total(positives), hit)));
  }
  if (falsePositives || trueNegatives) {
    const wrong = count(negatives);
    if (falsePositives) accumulate(falsePositives, place(wrong));
    if (trueNegatives) accumulate(trueNegatives, place(ops.subtract(total(negatives), wrong)));
  }
}

/**
 * Sums weights `[samples, columns]` over the samples whose prediction exceeds each threshold, giving `[thresholds,
 * columns]`.
 */
const byComparison = (y: Tensor, thresholds: readonly number[]) => {
  const limits = tensor([...thresholds], { dtype: y.dtype });
  const exceeds = ops.cast(ops.greater(ops.expandDims(y, 0), ops.reshape(limits, [thresholds.length, 1, 1])), y.dtype);
  return (weights: Tensor): Tensor => ops.sum(ops.multiply(exceeds, ops.expandDims(weights, 0)), { axis: 1 });
};
/** The same for evenly spaced thresholds: sums by bucket, then cumulative sums from the top. */
const byBucket = (y: Tensor, thresholds: readonly number[]) => {
  const count = thresholds.length;
  const [samples, columns] = y.shape as [number, number];
  const above = ops.subtract(ops.ceil(ops.multiply(ops.clip(y, 0, 1), count - 1)), 1);
  // A lowest threshold below zero is exceeded by every prediction.
  const bucket = ops.cast(thresholds[0] < 0 || thresholds.at(-1)! > 1 ? ops.relu(above) : above, 'int32');
  const column = ops.broadcastTo(ops.multiply(ops.arange(columns, { dtype: 'int32' }), count), [samples, columns]);
  const segment = ops.where(ops.less(bucket, 0), -1, ops.add(bucket, column));
  const flat = (x: Tensor): Tensor => ops.reshape(x, [samples * columns]);
  return (weights: Tensor): Tensor => {
    const sums = ops.segmentSum(flat(weights), flat(segment), { numSegments: count * columns });
    const reversed = ops.flip(ops.reshape(sums, [columns, count]), { axis: 1 });
    return ops.transpose(ops.flip(ops.cumsum(reversed, { axis: 1 }), { axis: 1 }));
  };
};
