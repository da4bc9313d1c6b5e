import type { Tensor } from '../ir/tensor.ts';
import { axisOf } from '../ops/axes.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { iota } from '../primitives/generators.ts';

/**
 * A sparse softmax (Martins and Astudillo, 2016): `max(x - τ, 0)`. With cᵢ the sum of the nᵢ elements that do not come
 * after xᵢ in descending order, the support is where `nᵢxᵢ > cᵢ - 1`, and as in Keras τ = (Σ cᵢ - 1) / k over its k
 * elements. Sums over pairs take the place of sorting.
 * @example sparsemax([[1, 0]]) // [[1, 0]]
 */
export const sparsemax = op(
  'sparsemax',
  (
    x: Tensor,
    {
      axis = -1,
    }: {
      /** Axis along which the results sum to 1; the last by default. */
      readonly axis?: number;
    } = {},
  ): Tensor => {
    const d = axisOf('sparsemax', axis, x.shape.length);
    const [one, other] = [ops.expandDims(x, d + 1), ops.expandDims(x, d)];
    const position = iota({ shape: x.shape, dtype: 'int32', axis: d });
    const isEarlier = ops.lessEqual(ops.expandDims(position, d), ops.expandDims(position, d + 1));
    const isBefore = ops.logicalOr(ops.greater(other, one), ops.logicalAnd(ops.equal(other, one), isEarlier));
    const before = ops.cast(isBefore, x.dtype);
    const count = ops.sum(before, { axis: d + 1 });
    const sum = ops.sum(ops.multiply(before, other), { axis: d + 1 });
    const isIn = ops.cast(ops.greater(ops.multiply(count, x), ops.subtract(sum, 1)), x.dtype);
    const size = ops.sum(isIn, { axis: d, keepdims: true });
    const tau = ops.divide(ops.subtract(ops.sum(ops.multiply(isIn, sum), { axis: d, keepdims: true }), 1), size);
    return ops.maximum(ops.subtract(x, tau), 0);
  },
  ['tensor'],
  { axis: true },
);
