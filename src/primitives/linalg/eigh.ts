import { apply, constant, type Expr, load, plus, scalarType } from '../../ir/expr.ts';
import { accumulate, loops, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, div, sub } from '../elementwise.ts';
import { rotatePair, roundingOf, sweeps } from './jacobi.ts';
import {
  batchOf,
  each,
  lanes,
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

/**
 * Eigenvalues, ascending, and eigenvectors (as columns) of the symmetric matrix `(x + xᵀ)/2`, by Jacobi's rotations.
 */
export const eigh: Primitive<[x: Tensor], void, readonly [values: Tensor, vectors: Tensor]> = primitive<
  [x: Tensor],
  void,
  readonly [values: Tensor, vectors: Tensor]
>('eigh', {
  kind: 'loops',
  result: ([x]) => {
    requireMatrix('eigh', x!, { square: true });
    return [
      { shape: x!.shape.slice(0, -1), dtype: x!.dtype },
      { shape: x!.shape, dtype: x!.dtype },
    ];
  },
  loops: ([x], [values, vectors], _, scratch) => {
    const [n] = sidesOf(x!);
    const type = scalarType(x!.dtype);
    const { axes, index } = batchOf(x!);
    const work = scratch({ shape: x!.shape, dtype: x!.dtype }, 'rotated');
    // Its rows are the vectors.
    const basis = scratch({ shape: x!.shape, dtype: x!.dtype }, 'basis');
    const at = (i: Expr, j: Expr): Expr[] => [...index, i, j];
    const a = (i: Expr, j: Expr): Expr => load(work, at(i, j));
    const kept = variable('kept', type);
    const scale = variable('scale', type);
    const rank = variable('rank', 'i32');
    const size = (e: Expr): Expr => apply('abs', e);
    return loops(
      axes,
      [
        scale.set(0),
        each(n, 'i', (i) => [
          each(n, 'j', (j) => [
            kept.set(apply('mul', apply('add', load(x!, at(i, j)), load(x!, at(j, i))), 0.5)),
            store(work, at(i, j), kept.value),
            accumulate(scale.local, 'max', size(kept.value)),
            store(basis, at(i, j), apply('select', apply('eq', i, j), constant(1, type), constant(0, type))),
          ]),
        ]),
        ...sweeps(
          n,
          x!,
          (p, q) => ({
            before: [],
            app: a(p, p),
            apq: a(p, q),
            aqq: a(q, q),
            needed: apply('gt', size(a(p, q)), apply('mul', scale.value, roundingOf(x!) / 8)),
          }),
          (p, q, cos, sin) => [
            // Rows lie together; columns are their mirror image, but for the block where the two meet.
            lanes(n, 'i', (i) => rotatePair(work, at(p, i), at(q, i), cos, sin, kept)),
            ...[p, q].flatMap((row) => rotatePair(work, at(row, p), at(row, q), cos, sin, kept)),
            each(n, 'i', (i) => [
              when(apply('and', apply('ne', i, p), apply('ne', i, q)), [
                store(work, at(i, p), a(p, i)),
                store(work, at(i, q), a(q, i)),
              ]),
            ]),
            lanes(n, 'i', (i) => rotatePair(basis, at(p, i), at(q, i), cos, sin, kept)),
          ],
        ),
        // NaN has no place in an order: what it leaves open stays NaN.
        each(n, 'k', (k) => [
          store(values!, [...index, k], constant(Number.NaN, type)),
          each(n, 'i', (i) => [store(vectors!, at(i, k), constant(Number.NaN, type))]),
        ]),
        each(n, 'k', (k) => [
          rank.set(0),
          each(n, 'other', (other) => {
            const [mine, theirs] = [a(k, k), a(other, other)];
            const tie = apply('and', apply('eq', theirs, mine), apply('lt', other, k));
            return [when(apply('or', apply('lt', theirs, mine), tie), [rank.set(plus(rank.value, 1))])];
          }),
          store(values!, [...index, rank.value], a(k, k)),
          each(n, 'i', (i) => [store(vectors!, at(i, rank.value), load(basis, at(k, i)))]),
        ]),
      ],
      'parallel',
    );
  },
  vjpMany: ([gValues, gVectors], [x], _, [values, vectors]) => {
    const [n] = sidesOf(x!);
    let inner = like(x!, 0);
    if (gVectors) {
      // dV = V·(F ∘ VᵀdxV) with F[i, j] = 1 / (w[j] − w[i]) off the diagonal.
      const gaps = withDiagonal(sub(spreadColumns(values!, n), spreadRows(values!, n)), like(x!, 1));
      inner = withDiagonal(div(matmul(vectors!, gVectors, { transposeX: true }), gaps), like(x!, 0));
    }
    if (gValues) inner = add(inner, withDiagonal(like(x!, 0), spreadRows(gValues, n)));
    return [symmetric(matmul(matmul(vectors!, inner), vectors!, { transposeY: true }))];
  },
  samples: [
    { inputs: [{ shape: [3, 3], values: [4, 1, 0.5, 1, 3, -0.7, 0.5, -0.7, 2] }], attrs: undefined },
    { inputs: [{ shape: [2, 2, 2], values: [2, 0.5, 0.3, 1, 5, -1, -1, 4] }], attrs: undefined },
  ],
});
