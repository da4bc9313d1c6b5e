import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { scan } from '../../primitives/control/scan.ts';
import { topK } from '../../primitives/sorting/sort.ts';
import { cast } from '../core/basic.ts';
import { maximum, multiply } from '../numpy/arithmetic.ts';
import { equal, greater, logicalAnd, logicalNot } from '../numpy/compare.ts';
import { arange, eye, ones } from '../numpy/create.ts';
import { takeAlongAxis, where } from '../numpy/indexing.ts';
import { any, argmax, sum } from '../numpy/reduce.ts';
import { expandDims, moveaxis } from '../numpy/shape.ts';
import { exp } from '../numpy/unary.ts';
import { op } from '../op.ts';
import { pairwiseIou } from './box-overlap.ts';

/** Options of `nonMaxSuppression`. */
export interface NonMaxSuppressionOptions {
  /** Class of each box, `[batch, n]`: boxes of different classes do not suppress one another. */
  readonly labels?: Tensor | undefined;
  /** Boxes that overlap a better one by more than this are dropped. */
  readonly iouThreshold?: number;
  /**
   * Soft suppression (Bodla et al. 2017) if above 0: instead of being dropped, an overlapping box has its score
   * multiplied by exp(-iou² / softSigma); `scoreThreshold` then decides, and `iouThreshold` is ignored. 0.5 is usual.
   * @see https://arxiv.org/abs/1704.04503
   */
  readonly softSigma?: number;
  /** Boxes with a smaller score are dropped. */
  readonly scoreThreshold?: number;
  /** Number of boxes in the result. */
  readonly maxDetections?: number;
  /** How many of the best boxes are considered. */
  readonly candidates?: number;
}

/** The remaining boxes, best first, padded to a fixed number; unused entries have label -1 and score 0. */
export interface Detections {
  /** `[batch, maxDetections, 4]`. */
  readonly boxes: Tensor;
  /** `[batch, maxDetections]`, float32; 0 for all boxes when no labels were given. */
  readonly labels: Tensor;
  /** Score of each box, `[batch, boxes]`. */
  readonly confidence: Tensor;
  /** Number of used entries, `[batch]`, int32. */
  readonly num_detections: Tensor;
}

/**
 * Which boxes are not suppressed. Boxes are sorted by decreasing score; `overlaps` `[batch, k, k]` are 0 between
 * classes.
 */
function survivors(
  scores: Tensor,
  overlaps: Tensor,
  { iouThreshold, scoreThreshold }: { iouThreshold: number; scoreThreshold: number },
): Tensor {
  const k = scores.shape[1];
  const later = greater(expandDims(arange(k), 0), expandDims(arange(k), 1));
  const suppresses = moveaxis(logicalAnd(greater(overlaps, iouThreshold), later), 1, 0);
  // Iteration i drops what box i suppresses, if box i itself remains.
  const { carries } = scan(
    ([kept], [row, mine]) => {
      const isKept = any(logicalAnd(kept, expandDims(mine, 0)), { axis: -1, keepdims: true });
      return { carries: [logicalAnd(kept, logicalNot(logicalAnd(row, isKept)))], results: [] };
    },
    [logicalAnd(greater(scores, scoreThreshold), ones(scores.shape, { dtype: 'bool' }))],
    [suppresses, cast(eye(k), 'bool')],
  );
  return carries[0];
}

/**
 * Scores after soft suppression: each iteration takes the best remaining box and lowers the scores of the others by
 * their overlap with it.
 */
function decayed(scores: Tensor, overlaps: Tensor, { sigma, rounds }: { sigma: number; rounds: number }): Tensor {
  const k = scores.shape[1];
  const weights = exp(multiply(multiply(overlaps, overlaps), -1 / sigma));
  const absent = multiply(ones(scores.shape), -1);
  const { carries } = scan(
    ([left, taken]) => {
      const isBest = equal(expandDims(argmax(left, { axis: -1 }), -1), expandDims(arange(k), 0));
      const row = sum(where(expandDims(isBest, -1), weights, 0), { axis: 1 });
      const weakened = where(greater(left, 0), multiply(left, row), -1);
      // The selected box keeps its score and is no longer considered; -1 is selected if none is left.
      return {
        carries: [where(isBest, -1, weakened), maximum(taken, where(isBest, left, -1))],
        results: [],
      };
    },
    [where(greater(scores, 0), scores, -1), absent],
    [],
    { length: rounds },
  );
  return carries[1];
}

/**
 * Non-maximum suppression: keeps the best of overlapping boxes, greedily by decreasing score. Boxes are `[batch, n, 4]`
 * as x1, y1, x2, y2, scores `[batch, n]`. The result is what `metrics.MeanAveragePrecision` takes as predictions.
 * @example nonMaxSuppression([[[0, 0, 2, 2], [0, 0, 2, 1.9], [5, 5, 6, 6]]], [[0.9, 0.8, 0.7]], { maxDetections: 2 }).confidence // [[0.9, 0.7]]
 */
export const nonMaxSuppression = op(
  'nonMaxSuppression',
  (boxes: Tensor, scores: Tensor, options: NonMaxSuppressionOptions = {}): Detections => {
    const { labels, scoreThreshold = 0, maxDetections = 100, candidates = 256 } = options;
    const { iouThreshold = 0.5, softSigma = 0 } = options;
    if (!(softSigma >= 0)) fail('nonMaxSuppression', `softSigma is ${softSigma}`, 'give 0 for dropping, or 0.5');
    if (boxes.shape.length !== 3 || boxes.shape[2] !== 4 || scores.shape.length !== 2)
      fail(
        'nonMaxSuppression',
        `boxes have shape ${showShape(boxes.shape)}, scores ${showShape(scores.shape)}`,
        'give boxes [batch, n, 4] and scores [batch, n]',
      );
    const k = Math.min(candidates, scores.shape[1]);
    const best = topK(scores, { k });
    const pick = (x: Tensor): Tensor =>
      takeAlongAxis(x, x.shape.length === 3 ? expandDims(best.indices, -1) : best.indices, { axis: 1 });
    const chosen = pick(boxes);
    const classes = cast(labels ? pick(labels) : multiply(best.values, 0), 'float32');
    const sameClass = equal(expandDims(classes, -1), expandDims(classes, -2));
    const overlaps = where(sameClass, pairwiseIou(chosen, chosen), 0);
    const scored =
      softSigma > 0
        ? decayed(best.values, overlaps, { sigma: softSigma, rounds: Math.min(maxDetections, k) })
        : where(survivors(best.values, overlaps, { iouThreshold, scoreThreshold }), best.values, -1);
    const kept = greater(scored, scoreThreshold);
    const places = Math.min(maxDetections, k);
    const final = topK(where(kept, scored, -1), { k: places });
    const used = greater(final.values, -1);
    const place = (x: Tensor): Tensor =>
      takeAlongAxis(x, x.shape.length === 3 ? expandDims(final.indices, -1) : final.indices, { axis: 1 });
    return {
      boxes: where(expandDims(used, -1), place(chosen), 0),
      labels: where(used, place(classes), -1),
      confidence: where(used, final.values, 0),
      num_detections: cast(sum(cast(used, 'int32'), { axis: -1 }), 'int32'),
    };
  },
  ['tensor', 'tensor'],
  { labels: true, iouThreshold: true, softSigma: true, scoreThreshold: true, maxDetections: true, candidates: true },
);
