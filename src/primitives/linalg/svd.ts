import { fail } from '../../base/errors.ts';
import { apply, constant, type Expr, int, load, plus, scalarType } from '../../ir/expr.ts';
import { accumulate, loops, type Stmt, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, div, mul, sub } from '../elementwise.ts';
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
  transposed,
  variable,
  withDiagonal,
} from './matrix.ts';

export interface SvdAttrs {
  /** u is square; otherwise it has only as many columns as there are singular values. */
  readonly full: boolean;
}
type Factors = readonly [u: Tensor, s: Tensor, v: Tensor];

/**
 * `x = u·diag(s)·vᵀ` for x at least as tall as wide: s descending, u and v with orthonormal columns, by one-sided Jacobi
 * rotations (Hestenes).
 */
export const tallSvd: Primitive<[x: Tensor], SvdAttrs, Factors> = primitive<[x: Tensor], SvdAttrs, Factors>('svd', {
  kind: 'loops',
  result: ([x], { full }) => {
    requireMatrix('svd', x);
    const [m, n] = sidesOf(x);
    if (m < n)
      fail('primitive svd', `the matrix is ${m} x ${n}`, 'transpose it, so that it is at least as tall as wide');
    const batch = x.shape.slice(0, -2);
    return [
      { shape: [...batch, m, full ? m : n], dtype: x.dtype },
      { shape: [...batch, n], dtype: x.dtype },
      { shape: [...batch, n, n], dtype: x.dtype },
    ];
  },
  loops: ([x], [u, s, v], _, scratch) => {
    const [m, n] = sidesOf(x);
    const [, width] = sidesOf(u);
    const type = scalarType(x.dtype);
    const { axes, index } = batchOf(x);
    // Columns are kept as rows, whose elements lie together.
    const work = scratch({ shape: [...s.shape, m], dtype: x.dtype }, 'rotated');
    const basis = scratch({ shape: v.shape, dtype: x.dtype }, 'basis');
    const lengths = scratch({ shape: s.shape, dtype: x.dtype }, 'lengths');
    const at = (i: Expr, j: Expr): Expr[] => [...index, i, j];
    const [app, apq, aqq, kept, largest] = ['app', 'apq', 'aqq', 'kept', 'largest'].map((name) =>
      variable(name, type),
    ) as [
      ReturnType<typeof variable>,
      ReturnType<typeof variable>,
      ReturnType<typeof variable>,
      ReturnType<typeof variable>,
      ReturnType<typeof variable>,
    ];
    const rank = variable('rank', 'i32');
    const product = (a: Expr, b: Expr): Expr => apply('mul', a, b);
    const [zero, one, nan] = [0, 1, Number.NaN].map((x) => constant(x, type)) as [Expr, Expr, Expr];

    const start = [
      each(m, 'i', (i) => [each(n, 'j', (j) => [store(work, at(j, i), load(x, at(i, j)))])]),
      each(n, 'i', (i) => [
        each(n, 'j', (j) => [store(basis, at(i, j), apply('select', apply('eq', i, j), one, zero))]),
      ]),
    ];
    const turn = sweeps(
      n,
      x,
      (p, q) => ({
        before: [
          ...[app.set(0), apq.set(0), aqq.set(0)],
          lanes(m, 'i', (i) => {
            const [a, b] = [load(work, at(p, i)), load(work, at(q, i))];
            return [
              accumulate(app.local, 'add', product(a, a)),
              accumulate(apq.local, 'add', product(a, b)),
              accumulate(aqq.local, 'add', product(b, b)),
            ];
          }),
        ],
        app: app.value,
        apq: apq.value,
        aqq: aqq.value,
        needed: apply(
          'gt',
          apply('abs', apq.value),
          product(apply('mul', apply('sqrt', app.value), roundingOf(x)), apply('sqrt', aqq.value)),
        ),
      }),
      (p, q, cos, sin) => [
        lanes(m, 'i', (i) => rotatePair(work, at(p, i), at(q, i), cos, sin, kept)),
        lanes(n, 'i', (i) => rotatePair(basis, at(p, i), at(q, i), cos, sin, kept)),
      ],
    );
    const measure = [
      largest.set(0),
      each(n, 'j', (j) => [
        app.set(0),
        lanes(m, 'i', (i) => [accumulate(app.local, 'add', product(load(work, at(j, i)), load(work, at(j, i))))]),
        store(lengths, [...index, j], apply('sqrt', app.value)),
        accumulate(largest.local, 'max', apply('sqrt', app.value)),
      ]),
    ];
    /** Whether a length is so small that the direction of its column is meaningless. */
    const vanishes = (length: Expr): Expr => apply('le', length, apply('mul', largest.value, roundingOf(x) / 8));
    const sorted = [
      // NaN has no place in an order: positions that it leaves open stay NaN.
      each(n, 'k', (k) => [
        store(s, [...index, k], nan),
        each(m, 'i', (i) => [store(u, at(i, k), nan)]),
        each(n, 'i', (i) => [store(v, at(i, k), nan)]),
      ]),
      each(n, 'k', (k) => {
        const mine = load(lengths, [...index, k]);
        return [
          rank.set(0),
          each(n, 'other', (other) => {
            const theirs = load(lengths, [...index, other]);
            const tie = apply('and', apply('eq', theirs, mine), apply('lt', other, k));
            return [when(apply('or', apply('gt', theirs, mine), tie), [rank.set(plus(rank.value, 1))])];
          }),
          store(s, [...index, rank.value], mine),
          each(n, 'i', (i) => [store(v, at(i, rank.value), load(basis, at(k, i)))]),
          each(m, 'i', (i) => [store(u, at(i, rank.value), apply('div', load(work, at(k, i)), mine))]),
        ];
      }),
    ];
    // Columns without a direction, which come last, and those beyond n: unit vectors, made orthogonal to the others.
    const isOpen = variable('isOpen', 'bool');
    const tryUnit = (column: Expr, unit: Expr): Stmt[] => {
      const entry = (i: Expr): Expr => load(u, at(i, column));
      const removeOthers = each(width, 'other', (other) => [
        when(apply('lt', other, column), [
          apq.set(0),
          each(m, 'i', (i) => [accumulate(apq.local, 'add', product(load(u, at(i, other)), entry(i)))]),
          each(m, 'i', (i) => [
            store(u, at(i, column), apply('sub', entry(i), product(apq.value, load(u, at(i, other))))),
          ]),
        ]),
      ]);
      return [
        each(m, 'i', (i) => [store(u, at(i, column), apply('select', apply('eq', i, unit), one, zero))]),
        // Twice, because rounding leaves a remainder the first time.
        ...[removeOthers, removeOthers],
        app.set(0),
        each(m, 'i', (i) => [accumulate(app.local, 'add', product(entry(i), entry(i)))]),
        when(apply('gt', app.value, 0.5 / m), [
          isOpen.set(constant(0, 'bool')),
          each(m, 'i', (i) => [store(u, at(i, column), apply('div', entry(i), apply('sqrt', app.value)))]),
        ]),
      ];
    };
    const completed = each(width, 'column', (column) => [
      isOpen.set(apply('ge', column, n)),
      ...(n === 0
        ? []
        : [
            when(apply('lt', column, n), [isOpen.set(vanishes(load(s, [...index, apply('min', column, int(n - 1))])))]),
          ]),
      each(m, 'unit', (unit) => [when(isOpen.value, tryUnit(column, unit))]),
    ]);
    return loops(axes, [...start, ...turn, ...measure, ...sorted, completed], 'parallel');
  },
  vjpMany: ([gu, gs, gv], [x], { full }, [u, s, v]) => {
    const [m, n] = sidesOf(x);
    if (full && m > n && gu) fail('gradient of svd', 'the square factor is not unique', 'ask for the reduced form');
    // Of a full u, only the columns that belong to singular values matter.
    const left = full && m > n ? tallSvd(x, { full: false })[0] : u;
    const square = like(v, 0);
    const [rows, columns] = [spreadRows(s, n), spreadColumns(s, n)];
    const gaps = withDiagonal(sub(mul(columns, columns), mul(rows, rows)), like(v, 1));
    const skew = (a: Tensor, g: Tensor): Tensor => {
      const p = matmul(a, g, { transposeX: true });
      return withDiagonal(div(sub(p, transposed(p)), gaps), square);
    };
    let inner = gs ? diagonal(gs) : square;
    if (gu) inner = add(inner, mul(skew(left, gu), columns));
    if (gv) inner = add(inner, mul(rows, skew(v, gv)));
    let gradient = matmul(matmul(left, inner), v, { transposeY: true });
    if (gu && m > n) {
      const scaled = div(gu, spreadColumns(s, m));
      const outside = sub(scaled, matmul(left, matmul(left, scaled, { transposeX: true })));
      gradient = add(gradient, matmul(outside, v, { transposeY: true }));
    }
    return [gradient];
  },
  samples: [
    { inputs: [{ shape: [2, 4, 3] }], attrs: { full: false } },
    { inputs: [{ shape: [3, 3], values: [2, 1, 0.5, -1, 3, -0.7, 0.5, 0.7, 1] }], attrs: { full: true } },
  ],
});

/** Square matrices with the given diagonals. */
const diagonal = (values: Tensor): Tensor => {
  const rows = spreadRows(values, values.shape.at(-1)!);
  return withDiagonal(like(rows, 0), rows);
};

/** `x = u·diag(s)·vᵀ`, s descending; with `full`, u and v are square. */
export function svd(x: Tensor, { full }: SvdAttrs): { u: Tensor; s: Tensor; v: Tensor } {
  const [m, n] = sidesOf(x);
  if (m < n) {
    const { u, s, v } = svd(transposed(x), { full });
    return { u: v, s, v: u };
  }
  const [u, s, v] = tallSvd(x, { full });
  return { u, s, v };
}
