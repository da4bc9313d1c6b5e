import {
  apply,
  constant,
  type Expr,
  load,
  minus,
  plus,
  type Region,
  type ScalarType,
  scalarType,
} from '../../ir/expr.ts';
import { loops, type Stmt, store, when, whileLoop } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import {
  absolute,
  type Complex,
  type ComplexRegion,
  complexRegion,
  complexVariable,
  conjugate,
  minusC,
  overC,
  plusC,
  real,
  rootOf,
  scaled,
  square,
  timesC,
} from './complex.ts';
import { roundingOf } from './jacobi.ts';
import { batchOf, each, requireMatrix, sidesOf, variable } from './matrix.ts';

type Eigen = readonly [valuesRe: Tensor, valuesIm: Tensor, vectorsRe: Tensor, vectorsIm: Tensor];

/**
 * Eigenvalues, in no particular order, and eigenvectors (columns of length 1, their largest entry positive) of any square matrix, each as real and
 * imaginary part: Hessenberg form, then the complex QR algorithm with Wilkinson's shifts, all by Givens rotations.
 */
export const eig: Primitive<[x: Tensor], void, Eigen> = primitive<[x: Tensor], void, Eigen>('eig', {
  kind: 'loops',
  result: ([x]) => {
    requireMatrix('eig', x, { square: true });
    const values = { shape: x.shape.slice(0, -1), dtype: x.dtype };
    const vectors = { shape: x.shape, dtype: x.dtype };
    return [values, values, vectors, vectors];
  },
  loops: ([x], [valuesRe, valuesIm, vectorsRe, vectorsIm], _, scratch) => {
    const [n] = sidesOf(x);
    const type = scalarType(x.dtype);
    const { axes, index } = batchOf(x);
    const twice = (shape: readonly number[], name: string): ComplexRegion => {
      const part = (of: string): Region => scratch({ shape, dtype: x.dtype }, `${name} ${of}`);
      return complexRegion(part('re'), part('im'), index);
    };
    const schur: Schur = {
      n,
      h: twice(x.shape, 'triangle'),
      z: twice(x.shape, 'basis'),
      sines: twice(x.shape.slice(0, -1), 'sines'),
      cosines: scratch({ shape: x.shape.slice(0, -1), dtype: x.dtype }, 'cosines'),
      index,
      type,
      rounding: roundingOf(x),
    };
    const [zero, one] = [constant(0, type), constant(1, type)];
    const start = each(n, 'i', (i) => [
      each(n, 'j', (j) => [
        ...schur.h.put([i, j], real(load(x, [...index, i, j]))),
        ...schur.z.put([i, j], real(apply('select', apply('eq', i, j), one, zero))),
      ]),
    ]);
    const values = complexRegion(valuesRe, valuesIm, index);
    const vectors = complexRegion(vectorsRe, vectorsIm, index);
    const finish = each(n, 'k', (k) => [...values.put([k], schur.h.at(k, k)), ...eigenvector(schur, vectors, k)]);
    return loops(axes, n === 0 ? [] : [start, ...hessenberg(schur), ...triangularize(schur), finish], 'parallel');
  },
  samples: [
    { inputs: [{ shape: [3, 3], values: [2, 1, 0.5, -1, 3, -0.7, 0.5, 0.7, 1] }], attrs: undefined },
    { inputs: [{ shape: [2, 2, 2], values: [0, 1, -1, 0, 5, 1, 0.5, 2] }], attrs: undefined },
  ],
});

/** Matrices during the iteration: `z·h·zᴴ` always equals the given one. */
interface Schur {
  readonly n: number;
  readonly h: ComplexRegion;
  readonly z: ComplexRegion;
  readonly sines: ComplexRegion;
  readonly cosines: Region;
  readonly index: readonly Expr[];
  readonly type: ScalarType;
  readonly rounding: number;
}

/** The rotation [[c, s], [−s̄, c]] that turns (a, b) into (r, 0). */
function givens(a: Complex, b: Complex): { cos: Expr; sin: Complex } {
  const [sizeA, sizeB] = [absolute(a), absolute(b)];
  const r = apply('sqrt', apply('add', apply('mul', sizeA, sizeA), apply('mul', sizeB, sizeB)));
  const [isNone, isTurn] = [apply('eq', sizeB, 0), apply('eq', sizeA, 0)];
  const choose = (general: Expr, turn: number, none: number): Expr =>
    apply('select', isNone, constant(none, r.type), apply('select', isTurn, constant(turn, r.type), general));
  const sin = scaled(timesC(a, conjugate(b)), apply('div', 1, apply('mul', sizeA, r)));
  return { cos: choose(apply('div', sizeA, r), 0, 1), sin: { re: choose(sin.re, 1, 0), im: choose(sin.im, 0, 0) } };
}
const rotateRows = ({ n, h, type }: Schur, p: Expr, q: Expr, cos: Expr, sin: Complex): Stmt =>
  each(n, 'j', (j) => {
    const [a, b] = [complexVariable('a', type), complexVariable('b', type)];
    return [
      ...a.set(h.at(p, j)),
      ...b.set(h.at(q, j)),
      ...h.put([p, j], plusC(scaled(a.value, cos), timesC(sin, b.value))),
      ...h.put([q, j], minusC(scaled(b.value, cos), timesC(conjugate(sin), a.value))),
    ];
  });
const rotateColumns = (of: ComplexRegion, { n, type }: Schur, p: Expr, q: Expr, cos: Expr, sin: Complex): Stmt =>
  each(n, 'i', (i) => {
    const [a, b] = [complexVariable('a', type), complexVariable('b', type)];
    return [
      ...a.set(of.at(i, p)),
      ...b.set(of.at(i, q)),
      ...of.put([i, p], plusC(scaled(a.value, cos), timesC(conjugate(sin), b.value))),
      ...of.put([i, q], minusC(scaled(b.value, cos), timesC(sin, a.value))),
    ];
  });

/** Zeros below the first subdiagonal, column by column from below. */
function hessenberg(schur: Schur): Stmt[] {
  const { n, h, z, type } = schur;
  const cos = variable('cos', type);
  const sin = complexVariable('sin', type);
  return [
    each(n, 'column', (column) => [
      each(n, 'up', (up) => {
        const i = minus(n - 1, up);
        const above = apply('max', minus(i, 1), 0);
        const turn = givens(h.at(above, column), h.at(i, column));
        return [
          when(apply('gt', i, plus(column, 1)), [
            cos.set(turn.cos),
            ...sin.set(turn.sin),
            rotateRows(schur, above, i, cos.value, sin.value),
            ...h.put([i, column], real(constant(0, type))),
            rotateColumns(h, schur, above, i, cos.value, sin.value),
            rotateColumns(z, schur, above, i, cos.value, sin.value),
          ]),
        ];
      }),
    ]),
  ];
}

/** QR steps on the lowest block that is not triangular yet, until none is left. */
function triangularize(schur: Schur): Stmt[] {
  const { n, h, z, sines, cosines, index, type, rounding } = schur;
  const [high, low, tries, total] = [
    variable('high', 'i32'),
    variable('low', 'i32'),
    variable('tries', 'i32'),
    variable('total', 'i32'),
  ];
  const [cos, size] = [variable('cos', type), variable('size', type)];
  const [shift, sin] = [complexVariable('shift', type), complexVariable('sin', type)];
  const before = (i: Expr): Expr => apply('max', minus(i, 1), 0);
  const isSmall = (i: Expr): Expr =>
    apply(
      'le',
      absolute(h.at(i, before(i))),
      apply('mul', apply('add', absolute(h.at(i, i)), absolute(h.at(before(i), before(i)))), rounding / 4),
    );
  const end = high.value;
  // The eigenvalue of the last 2 x 2 block that is nearer to its last element.
  const [a, b, c, d] = [h.at(before(end), before(end)), h.at(before(end), end), h.at(end, before(end)), h.at(end, end)];
  const half = scaled(minusC(a, d), constant(0.5, type));
  const product = timesC(b, c);
  const root = rootOf(plusC(timesC(half, half), product));
  const [plusRoot, minusRoot] = [plusC(half, root), minusC(half, root)];
  const isPlus = apply('ge', square(plusRoot), square(minusRoot));
  const larger: Complex = {
    re: apply('select', isPlus, plusRoot.re, minusRoot.re),
    im: apply('select', isPlus, plusRoot.im, minusRoot.im),
  };
  const nothing = apply('eq', square(larger), 0);
  const correction = overC(product, {
    re: apply('select', nothing, constant(1, type), larger.re),
    im: larger.im,
  });
  const inBlock = (body: (k: Expr) => Stmt[]): Stmt =>
    each(n, 'k', (k) => [when(apply('and', apply('ge', k, low.value), apply('lt', k, end)), body(k))]);
  const shiftDiagonal = (f: typeof plusC): Stmt =>
    each(n, 'k', (k) => [
      when(apply('and', apply('ge', k, low.value), apply('le', k, end)), h.put([k, k], f(h.at(k, k), shift.value))),
    ]);
  const next = (k: Expr): Expr => apply('min', plus(k, 1), n - 1);
  const step: Stmt[] = [
    low.set(end),
    whileLoop(apply('and', apply('gt', low.value, 0), apply('not', isSmall(low.value))), [
      low.set(minus(low.value, 1)),
    ]),
    ...shift.set(minusC(d, correction)),
    // Exceptional shifts from time to time, for blocks on which the usual ones go in circles.
    when(apply('eq', apply('floorMod', plus(tries.value, 1), 10), 0), [
      size.set(absolute(c)),
      ...shift.set(plusC(d, { re: size.value, im: apply('mul', size.value, 0.5) })),
    ]),
    tries.set(plus(tries.value, 1)),
    total.set(plus(total.value, 1)),
    shiftDiagonal(minusC),
    inBlock((k) => {
      const turn = givens(h.at(k, k), h.at(next(k), k));
      return [
        cos.set(turn.cos),
        ...sin.set(turn.sin),
        store(cosines, [...index, k], cos.value),
        ...sines.put([k], sin.value),
        rotateRows(schur, k, next(k), cos.value, sin.value),
      ];
    }),
    inBlock((k) => [
      cos.set(load(cosines, [...index, k])),
      ...sin.set(sines.at(k)),
      rotateColumns(h, schur, k, next(k), cos.value, sin.value),
      rotateColumns(z, schur, k, next(k), cos.value, sin.value),
    ]),
    shiftDiagonal(plusC),
  ];
  return [
    high.set(n - 1),
    tries.set(0),
    total.set(0),
    whileLoop(apply('and', apply('gt', end, 0), apply('lt', total.value, 60 * n)), [
      when(isSmall(end), [high.set(minus(end, 1)), tries.set(0)], step),
    ]),
  ];
}

/** Solves `(T − t[k, k])·y = 0` from the k-th row up, and transforms y back. */
function eigenvector({ n, h, z, sines, type, rounding }: Schur, vectors: ComplexRegion, k: Expr): Stmt[] {
  const sum = complexVariable('sum', type);
  const gap = complexVariable('gap', type);
  const [length, scale] = [variable('length', type), variable('scale', type)];
  const y = sines;
  return [
    scale.set(0),
    each(n, 'i', (i) => [scale.set(apply('max', scale.value, absolute(h.at(i, i))))]),
    each(n, 'up', (up) => {
      const i = minus(n - 1, up);
      return [
        ...y.put([i], real(apply('select', apply('eq', i, k), constant(1, type), constant(0, type)))),
        when(apply('lt', i, k), [
          ...sum.set(real(constant(0, type))),
          each(n, 'j', (j) => [
            when(
              apply('and', apply('gt', j, i), apply('le', j, k)),
              sum.set(minusC(sum.value, timesC(h.at(i, j), y.at(j)))),
            ),
          ]),
          ...gap.set(minusC(h.at(i, i), h.at(k, k))),
          // Equal eigenvalues are treated as if they differed by a rounding error.
          when(
            apply('le', absolute(gap.value), apply('mul', scale.value, rounding)),
            gap.set(real(apply('add', apply('mul', scale.value, rounding), constant(1e-30, type)))),
          ),
          ...y.put([i], overC(sum.value, gap.value)),
        ]),
      ];
    }),
    length.set(0),
    scale.set(0),
    each(n, 'i', (i) => [
      ...sum.set(real(constant(0, type))),
      each(n, 'j', (j) => [when(apply('le', j, k), sum.set(plusC(sum.value, timesC(z.at(i, j), y.at(j)))))]),
      ...vectors.put([i, k], sum.value),
      length.set(apply('add', length.value, square(sum.value))),
      // Of entries that are equal up to rounding, the first one counts.
      when(apply('gt', square(sum.value), apply('mul', scale.value, 1.001)), [
        scale.set(square(sum.value)),
        ...gap.set(sum.value),
      ]),
    ]),
    // Divided by its length, and rotated so that its largest entry is positive.
    ...gap.set(scaled(conjugate(gap.value), apply('div', 1, apply('sqrt', apply('mul', scale.value, length.value))))),
    each(n, 'i', (i) => [...sum.set(vectors.at(i, k)), ...vectors.put([i, k], timesC(sum.value, gap.value))]),
  ];
}
