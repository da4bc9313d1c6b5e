import { apply, axis, constant, type Expr, indexOf, load, scalarType } from '../../ir/expr.ts';
import { accumulate, loop, loops, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { mul } from '../elementwise.ts';
import {
  batchOf,
  each,
  like,
  lower,
  matmul,
  requireMatrix,
  sidesOf,
  symmetric,
  transposed,
  variable,
  withDiagonal,
} from './matrix.ts';
import { triangularSolve } from './triangular-solve.ts';

/** The lower triangular L with `L·Lᵀ = (x + xᵀ)/2`; NaN if that is not positive definite. */
export const cholesky: Primitive<[x: Tensor]> = primitive<[x: Tensor]>('cholesky', {
  kind: 'loops',
  result: ([x]) => {
    requireMatrix('cholesky', x, { square: true });
    return { shape: x.shape, dtype: x.dtype };
  },
  loops: ([x], [out]) => {
    const [n] = sidesOf(x);
    const type = scalarType(x.dtype);
    const { axes, index } = batchOf(x);
    const [rest, known, pivot] = [variable('rest', type), variable('known', type), variable('pivot', type)];
    const [k, q] = [axis(n, 'k'), axis(n, 'q')];
    const at = (row: Expr, column: Expr): Expr => load(out, [...index, row, column]);
    const half = (i: Expr, j: Expr): Expr =>
      apply('mul', apply('add', load(x, [...index, i, j]), load(x, [...index, j, i])), 0.5);
    // What is not computed yet is 0, so that whole rows can be multiplied, in lanes.
    return loops(
      axes,
      [
        each(n, 'r', (r) => [loop(q, [store(out, [...index, r, indexOf(q)], constant(0, type))], 'vector')]),
        each(n, 'j', (j) => [
          each(n, 'i', (i) => [
            when(apply('ge', i, j), [
              rest.set(half(i, j)),
              known.set(0),
              loop(k, [accumulate(known.local, 'add', apply('mul', at(i, indexOf(k)), at(j, indexOf(k))))], 'vector'),
              rest.set(apply('sub', rest.value, known.value)),
              // The diagonal comes first among i ≥ j.
              when(apply('eq', i, j), [pivot.set(apply('sqrt', rest.value))]),
              store(
                out,
                [...index, i, j],
                apply('select', apply('eq', i, j), pivot.value, apply('div', rest.value, pivot.value)),
              ),
            ]),
          ]),
        ]),
      ],
      'parallel',
    );
  },
  vjp: (g, _, __, out) => {
    // dL = L·Φ(L⁻¹ dA L⁻ᵀ), Φ taking the lower triangle with half the diagonal.
    const inner = matmul(out, lower(g), { transposeX: true });
    const half = withDiagonal(lower(inner), mul(inner, like(inner, 0.5)));
    const solve = (b: Tensor): Tensor => triangularSolve(out, b, { lower: true, transpose: true, unitDiagonal: false });
    return [symmetric(transposed(solve(transposed(solve(half)))))];
  },
  samples: [
    { inputs: [{ shape: [3, 3], values: [4, 1, 0.5, 1, 3, -0.7, 0.5, -0.7, 2] }], attrs: undefined },
    { inputs: [{ shape: [2, 2, 2], values: [2, 0.5, 0.3, 1, 5, -1, -1, 4] }], attrs: undefined },
  ],
});
