import { apply, constant, type Expr, load, plus, type Region, scalarType } from '../../ir/expr.ts';
import { accumulate, loops, type Stmt, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, div, sub } from '../elementwise.ts';
import {
  batchOf,
  each,
  like,
  matmul,
  requireMatrix,
  sidesOf,
  spreadColumns,
  spreadRows,
  symmetric,
  variable,
  withDiagonal,
} from './matrix.ts';
import { diagonalize, tridiagonalize } from './tridiagonal.ts';

/**
 * Eigenvalues, ascending, and eigenvectors (as columns) of the symmetric matrix `(x + xᵀ)/2`, by Householder's reflections
 * to a tridiagonal matrix and the QL algorithm.
 */
export const eigh: Primitive<[x: Tensor], void, readonly [values: Tensor, vectors: Tensor]> = primitive<
  [x: Tensor],
  void,
  readonly [values: Tensor, vectors: Tensor]
>('eigh', {
  kind: 'loops',
  result: ([x]) => {
    requireMatrix('eigh', x, { square: true });
    return [
      { shape: x.shape.slice(0, -1), dtype: x.dtype },
      { shape: x.shape, dtype: x.dtype },
    ];
  },
  loops: ([x], [values, vectors], _, scratch) => {
    const [n] = sidesOf(x);
    const type = scalarType(x.dtype);
    const { axes, index } = batchOf(x);
    if (n === 0) return [];
    const unit = (i: Expr, j: Expr): Expr => apply('select', apply('eq', i, j), constant(1, type), constant(0, type));
    const work = scratch({ shape: x.shape, dtype: x.dtype }, 'reduced');
    // The rows of the basis are the vectors.
    const [basis, reflections] = ['basis', 'reflections'].map((name) =>
      scratch({ shape: x.shape, dtype: x.dtype }, name),
    ) as [Region, Region];
    const [diagonal, beside, image] = ['diagonal', 'beside', 'image'].map((name) =>
      scratch({ shape: values.shape, dtype: x.dtype }, name),
    ) as [Region, Region, Region];
    const at = (i: Expr, j: Expr): Expr[] => [...index, i, j];
    const value = (k: Expr): Expr => load(diagonal, [...index, k]);
    const largest = variable('largest', type);
    const scale = variable('scale', type);
    const rank = variable('rank', 'i32');
    const everywhere = (to: Region, entry: (i: Expr, j: Expr) => Expr): Stmt =>
      each(n, 'i', (i) => [each(n, 'j', (j) => [store(to, at(i, j), entry(i, j))])]);
    const entry = (i: Expr, j: Expr): Expr => apply('mul', apply('add', load(x, at(i, j)), load(x, at(j, i))), 0.5);
    const parts = { diagonal, beside, basis };
    const decompose = [
      // Squares of very large or small numbers would leave the range of floats.
      scale.set(
        apply(
          'select',
          apply('and', apply('gt', largest.value, 1e-10), apply('lt', largest.value, 1e10)),
          constant(1, type),
          largest.value,
        ),
      ),
      everywhere(work, (i, j) => apply('div', entry(i, j), scale.value)),
      ...tridiagonalize(work, parts, reflections, image, index),
      ...diagonalize(parts, index),
      each(n, 'k', (k) => [
        rank.set(0),
        each(n, 'other', (other) => {
          const tie = apply('and', apply('eq', value(other), value(k)), apply('lt', other, k));
          return [when(apply('or', apply('lt', value(other), value(k)), tie), [rank.set(plus(rank.value, 1))])];
        }),
        store(values, [...index, rank.value], apply('mul', value(k), scale.value)),
        each(n, 'i', (i) => [store(vectors, at(i, rank.value), load(basis, at(k, i)))]),
      ]),
    ];
    return loops(
      axes,
      [
        largest.set(0),
        each(n, 'i', (i) => [each(n, 'j', (j) => [accumulate(largest.local, 'max', apply('abs', entry(i, j)))])]),
        when(
          apply('lt', largest.value, Number.POSITIVE_INFINITY),
          [
            when(
              apply('eq', largest.value, 0),
              [each(n, 'i', (i) => [store(values, [...index, i], constant(0, type))]), everywhere(vectors, unit)],
              decompose,
            ),
          ],
          [
            each(n, 'i', (i) => [store(values, [...index, i], constant(Number.NaN, type))]),
            everywhere(vectors, () => constant(Number.NaN, type)),
          ],
        ),
      ],
      'parallel',
    );
  },
  vjpMany: ([gValues, gVectors], [x], _, [values, vectors]) => {
    const [n] = sidesOf(x);
    let inner = like(x, 0);
    if (gVectors) {
      // dV = V·(F ∘ VᵀdxV) with F[i, j] = 1 / (w[j] − w[i]) off the diagonal.
      const gaps = withDiagonal(sub(spreadColumns(values, n), spreadRows(values, n)), like(x, 1));
      inner = withDiagonal(div(matmul(vectors, gVectors, { transposeX: true }), gaps), like(x, 0));
    }
    if (gValues) inner = add(inner, withDiagonal(like(x, 0), spreadRows(gValues, n)));
    return [symmetric(matmul(matmul(vectors, inner), vectors, { transposeY: true }))];
  },
  samples: [
    { inputs: [{ shape: [3, 3], values: [4, 1, 0.5, 1, 3, -0.7, 0.5, -0.7, 2] }], attrs: undefined },
    { inputs: [{ shape: [2, 2, 2], values: [2, 0.5, 0.3, 1, 5, -1, -1, 4] }], attrs: undefined },
  ],
});
