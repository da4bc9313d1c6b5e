import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { scan } from '../../primitives/scan.ts';
import { topK } from '../../primitives/sort.ts';
import { cast } from '../core/basic.ts';
import { multiply } from '../numpy/arithmetic.ts';
import { equal, greater, logicalAnd, logicalNot } from '../numpy/compare.ts';
import { arange, eye, ones } from '../numpy/create.ts';
import { takeAlongAxis, where } from '../numpy/indexing.ts';
import { any, sum } from '../numpy/reduce.ts';
import { expandDims, moveaxis } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { pairwiseIou } from './box-overlap.ts';

export interface NonMaxSuppressionOptions {
  /** Class of each box, `[batch, n]`: boxes of different classes do not suppress one another. */
  readonly labels?: Tensor | undefined;
  /** Boxes that overlap a better one by more than this are dropped. */
  readonly iouThreshold?: number;
  /** Boxes with a smaller score are dropped. */
  readonly scoreThreshold?: number;
  /** Number of places in the result. */
  readonly maxDetections?: number;
  /** How many of the best boxes are looked at. */
  readonly candidates?: number;
}

/** The boxes that remain, best first, in as many places as were asked for; unused places have label -1 and score 0. */
export interface Detections {
  /** `[batch, maxDetections, 4]`. */
  readonly boxes: Tensor;
  /** `[batch, maxDetections]`, float32; 0 for all boxes when no labels were given. */
  readonly labels: Tensor;
  readonly confidence: Tensor;
  /** Number of used places, `[batch]`, int32. */
  readonly num_detections: Tensor;
}

/**
 * Keeps the best of boxes that overlap: greedily, by falling score. Boxes are `[batch, n, 4]` as x1, y1, x2, y2, scores
 * `[batch, n]`. The result is what `metrics.MeanAveragePrecision` takes as predictions.
 * @example nonMaxSuppression([[[0, 0, 2, 2], [0, 0, 2, 1.9], [5, 5, 6, 6]]], [[0.9, 0.8, 0.7]], { maxDetections: 2 }).confidence // [[0.9, 0.7]]
 */
export const nonMaxSuppression = op(
  'nonMaxSuppression',
  (boxes: Tensor, scores: Tensor, options: NonMaxSuppressionOptions = {}): Detections => {
    const { labels, iouThreshold = 0.5, scoreThreshold = 0, maxDetections = 100, candidates = 256 } = options;
    if (boxes.shape.length !== 3 || boxes.shape[2] !== 4 || scores.shape.length !== 2)
      fail(
        'nonMaxSuppression',
        `boxes have shape ${showShape(boxes.shape)}, scores ${showShape(scores.shape)}`,
        'give boxes [batch, n, 4] and scores [batch, n]',
      );
    const k = Math.min(candidates, scores.shape[1]!);
    const best = topK(scores, { k });
    const pick = (x: Tensor): Tensor =>
      takeAlongAxis(x, x.shape.length === 3 ? expandDims(best.indices, -1) : best.indices, { axis: 1 });
    const chosen = pick(boxes);
    const classes = cast(labels ? pick(labels) : multiply(best.values, 0), 'float32');
    const overlaps = greater(pairwiseIou(chosen, chosen), iouThreshold);
    const sameClass = equal(expandDims(classes, -1), expandDims(classes, -2));
    const later = greater(expandDims(arange(k), 0), expandDims(arange(k), 1));
    const suppresses = moveaxis(logicalAnd(logicalAnd(overlaps, sameClass), later), 1, 0);
    // Round i drops what box i suppresses, if box i is still there itself.
    const { carries } = scan(
      ([kept], [row, mine]) => {
        const isKept = any(logicalAnd(kept!, expandDims(mine!, 0)), { axis: -1, keepdims: true });
        return { carries: [logicalAnd(kept!, logicalNot(logicalAnd(row!, isKept)))], results: [] };
      },
      [logicalAnd(greater(best.values, scoreThreshold), ones(best.values.shape, { dtype: 'bool' }))],
      [suppresses, cast(eye(k), 'bool')],
    );
    const kept = carries[0]!;
    const places = Math.min(maxDetections, k);
    const final = topK(where(kept, best.values, -1), { k: places });
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
);
