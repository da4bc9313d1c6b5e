import { fail } from '../../base/errors.ts';
import { apply, constant, type Expr, load, minus, scalarType } from '../../ir/expr.ts';
import { accumulate, loops, type Stmt, store, when } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, sub } from '../elementwise.ts';
import { batchOf, each, like, lower, matmul, requireMatrix, sidesOf, transposed, upper, variable } from './matrix.ts';
import { triangularSolve } from './triangular-solve.ts';

export interface QrAttrs {
  /** q is square, and r as tall as x; otherwise both have only as many columns or rows as the smaller side of x. */
  readonly full: boolean;
}

/** `x = q·r` with orthonormal columns in q and upper triangular r, by Householder's reflections. */
export const qr: Primitive<[x: Tensor], QrAttrs, readonly [q: Tensor, r: Tensor]> = primitive<
  [x: Tensor],
  QrAttrs,
  readonly [q: Tensor, r: Tensor]
>('qr', {
  kind: 'loops',
  result: ([x], { full }) => {
    requireMatrix('qr', x);
    const [m, n] = sidesOf(x);
    const batch = x.shape.slice(0, -2);
    const inner = full ? m : Math.min(m, n);
    return [
      { shape: [...batch, m, inner], dtype: x.dtype },
      { shape: [...batch, inner, n], dtype: x.dtype },
    ];
  },
  loops: ([x], [q, r], _, scratch) => {
    const [m, n] = sidesOf(x);
    const [, inner] = sidesOf(q);
    const count = Math.min(m, n);
    const type = scalarType(x.dtype);
    const { axes, index } = batchOf(x);
    // Below its diagonal are the vectors of the reflections, whose first entry is one.
    const work = scratch({ shape: x.shape, dtype: x.dtype }, 'reflections');
    const taus = scratch({ shape: [...x.shape.slice(0, -2), count], dtype: x.dtype }, 'tau');
    const tau = (k: Expr): Expr => load(taus, [...index, k]);
    const at = (i: Expr, j: Expr): Expr => load(work, [...index, i, j]);
    const tail = variable('tail', type);
    const head = variable('head', type);
    const beta = variable('beta', type);
    const sum = variable('sum', type);
    const below = (k: Expr, body: (i: Expr) => Stmt[]): Stmt => each(m, 'i', (i) => [when(apply('gt', i, k), body(i))]);
    /** Reflects column j of an array by the k-th vector. */
    const reflect = (to: typeof work, k: Expr, j: Expr): Stmt[] => {
      const entry = (i: Expr): Expr => load(to, [...index, i, j]);
      const subtract = (i: Expr, value: Expr): Stmt => store(to, [...index, i, j], apply('sub', entry(i), value));
      return [
        sum.set(entry(k)),
        below(k, (i) => [accumulate(sum.local, 'add', apply('mul', at(i, k), entry(i)))]),
        sum.set(apply('mul', sum.value, tau(k))),
        subtract(k, sum.value),
        below(k, (i) => [subtract(i, apply('mul', at(i, k), sum.value))]),
      ];
    };
    return loops(
      axes,
      [
        each(m, 'i', (i) => [each(n, 'j', (j) => [store(work, [...index, i, j], load(x, [...index, i, j]))])]),
        each(count, 'k', (k) => [
          tail.set(0),
          below(k, (i) => [accumulate(tail.local, 'add', apply('mul', at(i, k), at(i, k)))]),
          head.set(at(k, k)),
          when(
            apply('eq', tail.value, 0),
            [store(taus, [...index, k], constant(0, type))],
            [
              beta.set(apply('sqrt', apply('add', apply('mul', head.value, head.value), tail.value))),
              when(apply('ge', head.value, 0), [beta.set(apply('neg', beta.value))]),
              store(taus, [...index, k], apply('div', apply('sub', beta.value, head.value), beta.value)),
              below(k, (i) => [
                store(work, [...index, i, k], apply('div', at(i, k), apply('sub', head.value, beta.value))),
              ]),
              store(work, [...index, k, k], beta.value),
            ],
          ),
          each(n, 'j', (j) => [when(apply('gt', j, k), reflect(work, k, j))]),
        ]),
        each(inner, 'i', (i) => [
          each(n, 'j', (j) => [
            when(
              apply('le', i, j),
              [store(r, [...index, i, j], at(i, j))],
              [store(r, [...index, i, j], constant(0, type))],
            ),
          ]),
        ]),
        each(m, 'i', (i) => [
          each(inner, 'j', (j) => [
            store(q, [...index, i, j], apply('select', apply('eq', i, j), constant(1, type), constant(0, type))),
          ]),
        ]),
        each(count, 'back', (back) => [each(inner, 'j', (j) => reflect(q, minus(count - 1, back), j))]),
      ],
      'parallel',
    );
  },
  vjpMany: ([gq, gr], [x], { full }, [q, r]) => {
    const [m, n] = sidesOf(x);
    if (m < n || (full && m > n))
      fail(
        'gradient of qr',
        `the matrix is ${m} x ${n}${full ? ', the factors full' : ''}`,
        'only tall matrices in reduced form have one',
      );
    // With M = r·gᵣᵀ − g_qᵀ·q, made symmetric from its lower triangle: (g_q + q·M)·r⁻ᵀ.
    const product = gr ? matmul(r, upper(gr), { transposeY: true }) : like(r, 0);
    const both = gq ? sub(product, matmul(gq, q, { transposeX: true })) : product;
    const mirrored = add(lower(both), transposed(lower(both, { strict: true })));
    const inner = matmul(q, mirrored);
    const sum = gq ? add(gq, inner) : inner;
    return [transposed(triangularSolve(r, transposed(sum), { lower: false, transpose: false, unitDiagonal: false }))];
  },
  samples: [
    { inputs: [{ shape: [2, 4, 3] }], attrs: { full: false } },
    { inputs: [{ shape: [3, 3] }], attrs: { full: true } },
  ],
});
