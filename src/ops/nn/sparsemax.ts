import type { Tensor } from '../../ir/tensor.ts';
import { cumSum } from '../../primitives/cumulative/cumulative.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { sort } from '../../primitives/sorting/sort.ts';
import { axisOf, keptShape } from '../axes.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType } from '../promotion.ts';

/** The point of the probability simplex that is nearest to x (Martins and Astudillo, 2016): like softmax, but with exact zeros. @example sparsemax([1, 0]) // [1, 0] */
export const sparsemax = op(
  'sparsemax',
  (
    x: Tensor,
    {
      axis = -1,
    }: {
      /** Axis along which the results sum to 1; the last by default. */
      readonly axis?: number | undefined;
    } = {},
  ) => {
    const y = cast(x, floatType(x.dtype));
    const d = axisOf('sparsemax', axis, y.shape.length);
    const ordered = sort([y], { axis: d, descending: true })[0];
    const total = cumSum(ordered, { axis: d, reverse: false });
    const rank = p.add(iota({ shape: y.shape, dtype: y.dtype, axis: d }), like(y, 1));
    const isUsed = p.gt(p.add(p.mul(rank, ordered), like(y, 1)), total);
    const kept = (t: Tensor): Tensor => reshapeTo(reduceSum(t, { axes: [d] }), keptShape(y.shape, [d]));
    const count = kept(cast(isUsed, y.dtype));
    // Keras adds up the cumulative sums where the paper takes the last one; we follow Keras.
    const sums = kept(p.select(isUsed, total, like(total, 0)));
    const threshold = p.div(p.sub(sums, like(count, 1)), count);
    return p.max(p.sub(y, spreadTo(threshold, y.shape)), like(y, 0));
  },
  ['tensor'],
  { axis: true },
);
