import { fail } from '../../base/errors.ts';
import { apply, axis, constant, type Expr, indexOf, load, scalarType, select } from '../../ir/expr.ts';
import { loop, loops, type Stmt, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add } from '../elementwise.ts';
import { scatter } from '../indexing/scatter.ts';
import { batchOf, each, like, lower, matmul, requireMatrix, sidesOf, transposed, upper, variable } from './matrix.ts';
import { triangularSolve } from './triangular-solve.ts';

/**
 * `x[permutation] = L·U` with row pivoting. Outputs: L (below the diagonal, which is ones) and U in one matrix; pivots,
 * the row that each row in turn was exchanged with; and the permutation of rows that results.
 */
export const lu: Primitive<[x: Tensor], void, readonly [packed: Tensor, pivots: Tensor, permutation: Tensor]> =
  primitive<[x: Tensor], void, readonly [packed: Tensor, pivots: Tensor, permutation: Tensor]>('lu', {
    kind: 'loops',
    result: ([x]) => {
      requireMatrix('lu', x);
      const [m, n] = sidesOf(x);
      const batch = x.shape.slice(0, -2);
      return [
        { shape: x.shape, dtype: x.dtype },
        { shape: [...batch, Math.min(m, n)], dtype: 'int32' },
        { shape: [...batch, m], dtype: 'int32' },
      ];
    },
    loops: ([x], [out, pivots, permutation]) => {
      const [m, n] = sidesOf(x);
      const type = scalarType(x.dtype);
      const { axes, index } = batchOf(x);
      const at = (i: Expr, j: Expr): Expr => load(out, [...index, i, j]);
      const put = (i: Expr, j: Expr, value: Expr): Stmt => store(out, [...index, i, j], value);
      const best = variable('best', type);
      const row = variable('row', 'i32');
      const kept = variable('kept', type);
      const keptRow = variable('keptRow', 'i32');
      const later = axis(n, 'later');
      const j = indexOf(later);
      const place = (i: Expr): Expr => load(permutation, [...index, i]);
      return loops(
        axes,
        [
          each(m, 'i', (i) => [
            store(permutation, [...index, i], i),
            each(n, 'j', (j) => [put(i, j, load(x, [...index, i, j]))]),
          ]),
          each(Math.min(m, n), 'k', (k) => [
            best.set(-1),
            row.set(k),
            each(m, 'i', (i) => {
              const size = apply('abs', at(i, k));
              const larger = apply('and', apply('ge', i, k), apply('gt', size, best.value));
              return [when(larger, [best.set(size), row.set(i)])];
            }),
            store(pivots, [...index, k], row.value),
            keptRow.set(place(k)),
            store(permutation, [...index, k], place(row.value)),
            store(permutation, [...index, row.value], keptRow.value),
            each(n, 'j', (j) => [kept.set(at(k, j)), put(k, j, at(row.value, j)), put(row.value, j, kept.value)]),
            each(m, 'i', (i) => {
              const less = apply('sub', at(i, j), apply('mul', kept.value, at(k, j)));
              return [
                when(apply('gt', i, k), [
                  // A column of zeros below a zero pivot stays as it is.
                  kept.set(
                    apply('select', apply('eq', at(k, k), 0), constant(0, type), apply('div', at(i, k), at(k, k))),
                  ),
                  put(i, k, kept.value),
                  loop(later, [put(i, j, select(apply('gt', j, k), less, at(i, j)))], 'vector'),
                ]),
              ];
            }),
          ]),
        ],
        'parallel',
      );
    },
    vjpMany: ([g], [x], _, [packed, , permutation]) => {
      if (!g) return [null];
      const [m, n] = sidesOf(x);
      if (m !== n) fail('gradient of lu', `the matrix is ${m} x ${n}`, 'only square matrices have one');
      // d(LU) = L·lower(M) + upper(M)·U with M = L⁻¹ P dx U⁻¹.
      const inner = add(
        lower(matmul(unitLower(packed), lower(g, { strict: true }), { transposeX: true }), { strict: true }),
        upper(matmul(upper(g), upper(packed), { transposeY: true })),
      );
      const left = triangularSolve(packed, inner, { lower: true, transpose: true, unitDiagonal: true });
      const both = triangularSolve(packed, transposed(left), { lower: false, transpose: false, unitDiagonal: false });
      const batch = x.shape.length - 2;
      return [scatter(like(x, 0), transposed(both), [permutation], { batch, axes: [batch], combine: 'add' })];
    },
    samples: [
      { inputs: [{ shape: [3, 3], values: [0.2, 1, 0.5, 2, 0.3, -0.7, 0.5, -0.7, 1.5] }], attrs: undefined },
      { inputs: [{ shape: [2, 2, 2], values: [0.1, 2, 3, 1, 5, -1, 1, 4] }], attrs: undefined },
    ],
  });
const unitLower = (packed: Tensor): Tensor => withOnes(lower(packed, { strict: true }));
const withOnes = (x: Tensor): Tensor => add(x, lower(upper(like(x, 1))));
