import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { reshape } from '../../primitives/movement.ts';
import { reduceMax, reduceSum } from '../../primitives/reduce.ts';
import { axesOf, keptShape } from '../axes.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType } from '../promotion.ts';

export interface SoftmaxOptions {
  /** Axis, or axes together, over which the result sums to one; all of them when null. */
  readonly axis?: number | readonly number[] | null | undefined;
}
const softmaxOptions: OptionNames<SoftmaxOptions> = { axis: true };
/** A reduction over axes, spread over the shape again. */
const over = (
  f: (x: Tensor, attrs: { axes: readonly number[] }) => Tensor,
  x: Tensor,
  axes: readonly number[],
): Tensor => spreadTo(reshape(f(x, { axes }), { shape: keptShape(x.shape, axes) }), x.shape);
function centred(who: string, x: Tensor, axis: SoftmaxOptions['axis']): { y: Tensor; axes: number[] } {
  const float = cast(x, floatType(x.dtype));
  if (x.shape.length === 0) fail(who, 'a scalar has no axis to normalise', 'give a vector or more');
  const axes = axesOf(who, axis, x.shape.length);
  return { y: p.sub(float, over(reduceMax, p.stopGradient(float), axes)), axes };
}

/** `exp(x) / sum(exp(x))` along an axis, stable. @example softmax([0, 0]) // [0.5, 0.5] */
export const softmax = op(
  'softmax',
  (x: Tensor, { axis = -1 }: SoftmaxOptions = {}) => softmaxOf(x, axis),
  ['tensor'],
  softmaxOptions,
);
export function softmaxOf(x: Tensor, axis: SoftmaxOptions['axis']): Tensor {
  const { y, axes } = centred('softmax', x, axis);
  const e = p.exp(y);
  // One division per row, if the rounding does not matter.
  if (e.dtype.endsWith('16')) return p.div(e, over(reduceSum, e, axes));
  const inverse = (y: Tensor, attrs: { axes: readonly number[] }): Tensor => {
    const sum = reduceSum(y, attrs);
    return p.div(like(sum, 1), sum);
  };
  return p.mul(e, over(inverse, e, axes));
}
/** `log(softmax(x))` along an axis, stable. @example logSoftmax([0, 0]) // [-0.6931, -0.6931] */
export const logSoftmax = op(
  'logSoftmax',
  (x: Tensor, { axis = -1 }: SoftmaxOptions = {}) => logSoftmaxOf(x, axis),
  ['tensor'],
  softmaxOptions,
);
export function logSoftmaxOf(x: Tensor, axis: SoftmaxOptions['axis']): Tensor {
  const { y, axes } = centred('logSoftmax', x, axis);
  return p.sub(y, over(reduceSumLog, y, axes));
}
const reduceSumLog = (y: Tensor, attrs: { axes: readonly number[] }): Tensor => p.log(reduceSum(p.exp(y), attrs));
