import { apply, constant, load, scalarType } from '../../ir/expr.ts';
import { accumulate, loops, store, when } from '../../ir/loops.ts';
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

/** The lower triangular L with `L·Lᵀ = (x + xᵀ)/2`; NaN where that is not positive definite. */
export const cholesky: Primitive<[x: Tensor]> = primitive<[x: Tensor]>('cholesky', {
  kind: 'loops',
  result: ([x]) => {
    requireMatrix('cholesky', x!, { square: true });
    return { shape: x!.shape, dtype: x!.dtype };
  },
  loops: ([x], [out]) => {
    const [n] = sidesOf(x!);
    const type = scalarType(x!.dtype);
    const { axes, index } = batchOf(x!);
    const rest = variable('rest', type);
    const pivot = variable('pivot', type);
    return loops(
      axes,
      [
        each(n, 'j', (j) => [
          each(n, 'i', (i) => [
            when(
              apply('lt', i, j),
              [store(out!, [...index, i, j], constant(0, type))],
              [
                rest.set(apply('mul', apply('add', load(x!, [...index, i, j]), load(x!, [...index, j, i])), 0.5)),
                each(n, 'k', (k) => [
                  when(apply('lt', k, j), [
                    accumulate(
                      rest.local,
                      'add',
                      apply('neg', apply('mul', load(out!, [...index, i, k]), load(out!, [...index, j, k]))),
                    ),
                  ]),
                ]),
                // The diagonal comes first among i ≥ j.
                when(apply('eq', i, j), [pivot.set(apply('sqrt', rest.value))]),
                store(
                  out!,
                  [...index, i, j],
                  apply('select', apply('eq', i, j), pivot.value, apply('div', rest.value, pivot.value)),
                ),
              ],
            ),
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
