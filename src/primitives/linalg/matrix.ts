import { fail } from '../../base/errors.ts';
import { range, type Shape, showShape } from '../../base/shape.ts';
import {
  type Axis,
  axis,
  constant,
  type Expr,
  indexOf,
  type Local,
  type Scalar,
  type ScalarType,
} from '../../ir/expr.ts';
import { loop, readLocal, type Stmt, set } from '../../ir/loops.ts';
import type { Aval, Tensor } from '../../ir/tensor.ts';
import { dot } from '../dot.ts';
import { add, ge, gt, mul, select } from '../elementwise.ts';
import { full, iota } from '../generators.ts';
import { broadcast, transpose } from '../movement.ts';
import { reduceSum } from '../reduce.ts';

/** Rows and columns of a stack of matrices. */
export const sidesOf = (x: Aval): [rows: number, columns: number] => [x.shape.at(-2)!, x.shape.at(-1)!];

export function requireMatrix(name: string, x: Aval, { square = false } = {}): void {
  const [m, n] = sidesOf(x);
  if (x.shape.length < 2 || (square && m !== n))
    fail(
      `primitive ${name}`,
      `the operand has shape ${showShape(x.shape)}`,
      `give ${square ? 'square ' : ''}matrices in the last two axes`,
    );
}

/** Axes for the leading dimensions of a stack of matrices, and their indices. */
export function batchOf(x: Aval): { axes: Axis[]; index: Expr[] } {
  const axes = x.shape.slice(0, -2).map((size, d) => axis(size, `n${d}`));
  return { axes, index: axes.map(indexOf) };
}

/** A loop whose body is made from its index. */
export function each(size: number, name: string, body: (index: Expr) => readonly Stmt[]): Stmt {
  const a = axis(size, name);
  return loop(a, body(indexOf(a)));
}

/** Such a loop whose turns are independent, or meet only in sums, so that they can run in lanes. */
export function lanes(size: number, name: string, body: (index: Expr) => readonly Stmt[]): Stmt {
  const a = axis(size, name);
  return loop(a, body(indexOf(a)), 'vector');
}

/** A mutable scalar: its value, and the statement that changes it. */
export function variable(name: string, type: ScalarType): { value: Expr; set(value: Scalar): Stmt; local: Local } {
  const local: Local = { name, type };
  return {
    value: readLocal(local),
    local,
    set: (value) => set(local, typeof value === 'number' ? constant(value, type) : value),
  };
}

/** Product of stacks of matrices, optionally transposed. */
export function matmul(x: Tensor, y: Tensor, { transposeX = false, transposeY = false } = {}): Tensor {
  const batch = range(x.shape.length - 2);
  const [row, column] = [batch.length, batch.length + 1];
  return dot(x, y, {
    batch: [batch, batch],
    contract: [[transposeX ? row : column], [transposeY ? column : row]],
  });
}

/** The transpose of each matrix. */
export const transposed = (x: Tensor): Tensor => {
  const rank = x.shape.length;
  return transpose(x, { perm: [...range(rank - 2), rank - 1, rank - 2] });
};

export const like = (x: Aval, value: number): Tensor => full({ shape: x.shape, dtype: x.dtype, value });
const position = (shape: Shape, axis: number): Tensor => iota({ shape, dtype: 'int32', axis });
const rowOf = (x: Tensor): Tensor => position(x.shape, x.shape.length - 2);
const columnOf = (x: Tensor): Tensor => position(x.shape, x.shape.length - 1);

/** The part on and below the diagonal, or only the part below it. */
export const lower = (x: Tensor, { strict = false } = {}): Tensor =>
  select((strict ? gt : ge)(rowOf(x), columnOf(x)), x, like(x, 0));
/** The part on and above the diagonal, or only the part above it. */
export const upper = (x: Tensor, { strict = false } = {}): Tensor =>
  select((strict ? gt : ge)(columnOf(x), rowOf(x)), x, like(x, 0));
/** x with `value` on the diagonal. */
export const withDiagonal = (x: Tensor, value: Tensor): Tensor =>
  select(gt(rowOf(x), columnOf(x)), x, select(gt(columnOf(x), rowOf(x)), x, value));
/** Vectors as columns of equal entries: `out[i, j] = v[i]`. */
export const spreadRows = (v: Tensor, columns: number): Tensor =>
  broadcast(v, { shape: [...v.shape, columns], axes: range(v.shape.length) });
/** Vectors as rows: `out[i, j] = v[j]`. */
export const spreadColumns = (v: Tensor, rows: number): Tensor =>
  broadcast(v, {
    shape: [...v.shape.slice(0, -1), rows, v.shape.at(-1)!],
    axes: [...range(v.shape.length - 1), v.shape.length],
  });
/** Diagonals of square matrices. */
export const diagonalOf = (x: Tensor): Tensor => {
  const only = withDiagonal(like(x, 0), x);
  return reduceSum(only, { axes: [x.shape.length - 1] });
};
/** `(x + xᵀ) / 2`. */
export const symmetric = (x: Tensor): Tensor => mul(add(x, transposed(x)), like(x, 0.5));
