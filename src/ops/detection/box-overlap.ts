import type { Tensor } from '../../ir/tensor.ts';
import { stopGradient } from '../core/basic.ts';
import { add, divide, maximum, minimum, multiply, subtract } from '../numpy/arithmetic.ts';
import { getItem } from '../numpy/indexing.ts';
import { expandDims } from '../numpy/shape.ts';
import { arctan, square } from '../numpy/unary.ts';
import { op } from '../op.ts';

/** Keeps quotients finite for boxes without area. */
const tiny = 1e-7;

interface Corners {
  readonly x1: Tensor;
  readonly y1: Tensor;
  readonly x2: Tensor;
  readonly y2: Tensor;
}
const corner = (boxes: Tensor, k: number): Tensor => getItem(boxes, ['...', k]);
const corners = (boxes: Tensor): Corners => ({
  x1: corner(boxes, 0),
  y1: corner(boxes, 1),
  x2: corner(boxes, 2),
  y2: corner(boxes, 3),
});
const positive = (x: Tensor): Tensor => maximum(x, 0);
const width = ({ x1, x2 }: Corners): Tensor => subtract(x2, x1);
const height = ({ y1, y2 }: Corners): Tensor => subtract(y2, y1);
const area = (b: Corners): Tensor => multiply(positive(width(b)), positive(height(b)));
const meet = (a: Corners, b: Corners): Corners => ({
  x1: maximum(a.x1, b.x1),
  y1: maximum(a.y1, b.y1),
  x2: minimum(a.x2, b.x2),
  y2: minimum(a.y2, b.y2),
});
/** The smallest box around both. */
const hull = (a: Corners, b: Corners): Corners => ({
  x1: minimum(a.x1, b.x1),
  y1: minimum(a.y1, b.y1),
  x2: maximum(a.x2, b.x2),
  y2: maximum(a.y2, b.y2),
});

interface Overlap {
  readonly iou: Tensor;
  readonly union: Tensor;
}
function overlap(a: Corners, b: Corners): Overlap {
  const shared = area(meet(a, b));
  const union = subtract(add(area(a), area(b)), shared);
  return { iou: divide(shared, maximum(union, tiny)), union };
}
/** Squared distance of the centres over the squared diagonal of the hull. */
function centreDistance(a: Corners, b: Corners): Tensor {
  const around = hull(a, b);
  const diagonal = add(square(width(around)), square(height(around)));
  const dx = subtract(add(a.x1, a.x2), add(b.x1, b.x2));
  const dy = subtract(add(a.y1, a.y2), add(b.y1, b.y2));
  return divide(multiply(add(square(dx), square(dy)), 0.25), maximum(diagonal, tiny));
}
const aspect = (b: Corners): Tensor => arctan(divide(width(b), maximum(height(b), tiny)));

const measure = (name: string, f: (a: Corners, b: Corners) => Tensor) =>
  op(name, (boxes1: Tensor, boxes2: Tensor) => f(corners(boxes1), corners(boxes2)), ['tensor', 'tensor']);

/**
 * Intersection over union of boxes `[..., 4]` (x1, y1, x2, y2), pair by pair; leading axes broadcast.
 * @example boxIou([0, 0, 2, 2], [1, 0, 3, 2]) // 0.33333334
 */
export const boxIou = measure('boxIou', (a, b) => overlap(a, b).iou);
/**
 * Generalized IoU: the IoU less the share of the hull that belongs to neither box (Rezatofighi et al., 2019).
 * @example boxGiou([0, 0, 1, 1], [2, 0, 3, 1]) // -0.33333334
 */
export const boxGiou = measure('boxGiou', (a, b) => {
  const { iou, union } = overlap(a, b);
  const around = area(hull(a, b));
  return subtract(iou, divide(subtract(around, union), maximum(around, tiny)));
});
/**
 * Distance IoU: the IoU less the squared distance of the centres over the hull's squared diagonal (Zheng et al., 2020).
 * @example boxDiou([0, 0, 2, 2], [0, 0, 2, 2]) // 1
 */
export const boxDiou = measure('boxDiou', (a, b) => subtract(overlap(a, b).iou, centreDistance(a, b)));
/**
 * Complete IoU: the distance IoU less a term for the difference of the aspect ratios (Zheng et al., 2020).
 * @example boxCiou([0, 0, 2, 2], [0, 0, 2, 2]) // 1
 */
export const boxCiou = measure('boxCiou', (a, b) => {
  const { iou } = overlap(a, b);
  const difference = multiply(square(subtract(aspect(a), aspect(b))), 4 / Math.PI ** 2);
  // The weight is a constant as far as the gradient is concerned.
  const weight = stopGradient(divide(difference, maximum(add(subtract(1, iou), difference), tiny)));
  return subtract(subtract(iou, centreDistance(a, b)), multiply(weight, difference));
});
/**
 * IoU of every box of one list with every box of another: `[..., n, 4]` and `[..., m, 4]` give `[..., n, m]`.
 * @example pairwiseIou([[0, 0, 1, 1]], [[0, 0, 1, 1], [1, 1, 2, 2]]) // [[1, 0]]
 */
export const pairwiseIou = op(
  'pairwiseIou',
  (boxes1: Tensor, boxes2: Tensor) => boxIou(expandDims(boxes1, -2), expandDims(boxes2, -3)),
  ['tensor', 'tensor'],
);
