import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { lossFunction } from './align.ts';
import { Loss } from './loss.ts';

/** Labels that are all 0 or 1 become -1 and 1; others stay. */
function signed(labels: Tensor): Tensor {
  const isBinary = ops.all(ops.logicalOr(ops.equal(labels, 0), ops.equal(labels, 1)));
  return ops.where(isBinary, ops.subtract(ops.multiply(labels, 2), 1), labels);
}
const margin = (t: Tensor, y: Tensor): Tensor => ops.maximum(ops.subtract(1, ops.multiply(signed(t), y)), 0);

/** `mean(max(1 - yTrue·yPred, 0))` over the last axis, labels being -1 and 1. @example hinge([[1]], [[0.5]]) // [0.5] */
export const hinge = lossFunction('hinge', (t, y) => ops.mean(margin(t, y), { axis: -1 }));
/** `mean(max(1 - yTrue·yPred, 0)²)` over the last axis, labels being -1 and 1. @example squaredHinge([[1]], [[0.5]]) // [0.25] */
export const squaredHinge = lossFunction('squaredHinge', (t, y) => ops.mean(ops.square(margin(t, y)), { axis: -1 }));
/** `max(neg - pos + 1, 0)`: pos is the true class's score, neg the best of the others. @example categoricalHinge([[0, 1]], [[0, 1]]) // [0] */
export const categoricalHinge = lossFunction('categoricalHinge', (t, y) => {
  const right = ops.sum(ops.multiply(t, y), { axis: -1 });
  const wrong = ops.max(ops.multiply(ops.subtract(1, t), y), { axis: -1 });
  return ops.maximum(ops.add(ops.subtract(wrong, right), 1), 0);
});

/** Mean distance by which predictions miss the margin. */
export class Hinge extends Loss {
  static override readonly className = 'Hinge';
  /** The function applied to each sample. */
  readonly fn = hinge;
  call = this.fn;
}
/** Mean squared distance by which predictions miss the margin. */
export class SquaredHinge extends Loss {
  static override readonly className = 'SquaredHinge';
  /** The function applied to each sample. */
  readonly fn = squaredHinge;
  call = this.fn;
}
/** How far the best wrong class comes within a margin of the true one. */
export class CategoricalHinge extends Loss {
  static override readonly className = 'CategoricalHinge';
  /** The function applied to each sample. */
  readonly fn = categoricalHinge;
  call = this.fn;
}
