import type { DType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast, transpose } from '../../primitives/movement.ts';
import { cast } from '../operands.ts';
import { floatType } from '../promotion.ts';

/** A stack of matrices in a float type of 32 bits or more, or a complaint. */
export function matrixOf(who: string, x: Tensor, { isSquare = false } = {}): Tensor {
  const [m, n] = [x.shape.at(-2), x.shape.at(-1)];
  if (m === undefined || n === undefined)
    fail(who, `the tensor has shape ${showShape(x.shape)}`, 'give a matrix, or a stack of matrices');
  if (isSquare && m !== n) fail(who, `the matrix is ${m} x ${n}`, 'give a square matrix');
  return cast(x, workingType(x.dtype));
}
export const workingType = (dtype: DType): DType => {
  const float = floatType(dtype);
  return float === 'float64' ? float : 'float32';
};
/** Rows and columns exchanged. */
export function transposed(x: Tensor): Tensor {
  const rank = x.shape.length;
  return transpose(x, { perm: [...range(rank - 2), rank - 1, rank - 2] });
}
/** The identity, in the shape of x. */
export function identityLike(x: Tensor): Tensor {
  const shape = x.shape.slice(-2);
  const is = p.eq(iota({ shape, dtype: 'int32', axis: 0 }), iota({ shape, dtype: 'int32', axis: 1 }));
  return broadcast(cast(is, x.dtype), { shape: x.shape, axes: [x.shape.length - 2, x.shape.length - 1] });
}
/** A vector for each matrix, spread over its rows: `out[…, i, j] = v[…, j]`. */
export const overRows = (v: Tensor, rows: number): Tensor => {
  const shape = [...v.shape.slice(0, -1), rows, v.shape.at(-1)!];
  return broadcast(v, { shape, axes: range(shape.length).filter((d) => d !== shape.length - 2) });
};
