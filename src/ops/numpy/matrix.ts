import { isInexact } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { range, showShape } from '../../base/shape.ts';
import { complex } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import * as m from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { axisOf } from '../axes.ts';
import { op } from '../op.ts';
import { align, cast, like, type Operand, promotableOf } from '../operands.ts';
import { resultType } from '../promotion.ts';
import { conjugateOf } from './conjugate.ts';
import { widened } from './reduce.ts';
import { part, reshapeTo } from './shape.ts';

interface DiagonalOption {
  /** Which diagonal: 0 the main one, positive above it. */
  readonly k?: number | undefined;
}
const diagonalOption: OptionNames<DiagonalOption> = { k: true };
/** The square matrix with a vector on diagonal k, zeros elsewhere. */
function onDiagonal(v: Tensor, k: number): Tensor {
  const n = v.shape[0] + Math.abs(k);
  const shape = [n, n];
  const [low, high] = [[Math.max(0, -k)], [Math.max(0, k)]];
  const row = m.pad(v, { low, high, inner: [0], value: 0 });
  const off = p.sub(iota({ shape, dtype: 'int32', axis: 1 }), iota({ shape, dtype: 'int32', axis: 0 }));
  return p.select(p.eq(off, like(off, k)), m.broadcast(row, { shape, axes: [0] }), cast(like(off, 0), v.dtype));
}
export function diagonalOf(who: string, x: Tensor, offset: number, axis1: number, axis2: number): Tensor {
  if (x.shape.length < 2)
    fail(who, `the tensor has shape ${showShape(x.shape)}`, 'give a matrix, or a stack of matrices');
  const [a, b] = [axisOf(who, axis1, x.shape.length, 'axis1'), axisOf(who, axis2, x.shape.length, 'axis2')];
  if (a === b) fail(who, `axis1 and axis2 are both ${a}`, 'name two axes');
  const rest = range(x.shape.length).filter((d) => d !== a && d !== b);
  const y = m.transpose(x, { perm: [...rest, a, b] });
  const [rows, columns] = [x.shape[a], x.shape[b]];
  const length = Math.max(0, Math.min(rows - Math.max(0, -offset), columns - Math.max(0, offset)));
  // In the flattened matrix the diagonal's elements are columns + 1 apart.
  const shape = rest.map((d) => x.shape[d]);
  const flat = m.reshape(y, { shape: [...shape, rows * columns] });
  if (length === 0) return part(flat, rest.length, 0, 0);
  const start = Math.max(0, offset) + Math.max(0, -offset) * columns;
  return part(flat, rest.length, start, start + (length - 1) * (columns + 1) + 1, columns + 1);
}
export interface DiagonalOptions {
  /** Diagonal above (positive) or below (negative) the main one; 0 by default. */
  readonly offset?: number | undefined;
  /** First axis of the matrices; 0 by default. */
  readonly axis1?: number | undefined;
  /** Second axis of the matrices; 1 by default. */
  readonly axis2?: number | undefined;
}
const diagonalOptions: OptionNames<DiagonalOptions> = { offset: true, axis1: true, axis2: true };
/** A vector as the diagonal of a matrix, or the diagonal of a matrix. @example diag([1, 2]) // [[1, 0], [0, 2]] */
export const diag = op(
  'diag',
  (x: Tensor, { k = 0 }: DiagonalOption = {}) => {
    if (x.shape.length !== 1 && x.shape.length !== 2)
      fail('diag', `the tensor has shape ${showShape(x.shape)}`, 'give a vector or a matrix');
    return x.shape.length === 1 ? onDiagonal(x, k) : diagonalOf('diag', x, k, 0, 1);
  },
  ['tensor'],
  diagonalOption,
);
/** The flattened elements as the diagonal of a matrix. @example diagflat([[1, 2]]) // [[1, 0], [0, 2]] */
export const diagflat = op(
  'diagflat',
  (x: Tensor, { k = 0 }: DiagonalOption = {}) => onDiagonal(reshapeTo(x, [-1]), k),
  ['tensor'],
  diagonalOption,
);
/** A diagonal of two axes, as a new last axis. @example diagonal([[1, 2], [3, 4]]) // [1, 4] */
export const diagonal = op(
  'diagonal',
  (x: Tensor, { offset = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions = {}) =>
    diagonalOf('diagonal', x, offset, axis1, axis2),
  ['tensor'],
  diagonalOptions,
);
/** Sum of a diagonal. @example trace([[1, 2], [3, 4]]) // 5 */
export const trace = op(
  'trace',
  (x: Tensor, { offset = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions = {}) => {
    const d = cast(diagonalOf('trace', x, offset, axis1, axis2), widened(x.dtype));
    return reduceSum(d, { axes: [d.shape.length - 1] });
  },
  ['tensor'],
  diagonalOptions,
);
/** Powers of each element as a row, falling from N - 1 to 0, or rising. @example vander([2, 3], { N: 3 }) // [[4, 2, 1], [9, 3, 1]] */
export const vander = op(
  'vander',
  (
    x: Tensor,
    {
      N,
      increasing = false,
    }: {
      /** Number of columns; by default as many as there are values. */
      readonly N?: number | null | undefined;
      /** Whether powers grow from left to right; false by default. */
      readonly increasing?: boolean | undefined;
    } = {},
  ) => {
    if (x.shape.length !== 1) fail('vander', `the tensor has shape ${showShape(x.shape)}`, 'give a vector');
    const n = x.shape[0];
    const columns = N ?? n;
    if (!Number.isInteger(columns) || columns < 0)
      fail('vander', `N is ${columns}`, 'give a whole number of at least 0');
    if (columns === 0)
      return cast(
        m.slice(m.broadcast(x, { shape: [n, 1], axes: [0] }), { starts: [0, 0], stops: [n, 0], strides: [1, 1] }),
        x.dtype,
      );
    const one = m.reshape(like(x, 1), { shape: [n, 1] });
    const powers = [one];
    for (let k = 1; k < columns; k++) powers.push(p.mul(powers[k - 1], m.reshape(x, { shape: [n, 1] })));
    if (!increasing) powers.reverse();
    return columns === 1 ? one : m.concatenate(powers, { axis: 1 });
  },
  ['tensor'],
  { N: true, increasing: true },
);
/** Rotates by k quarter turns in the plane of two axes. @example rot90([[1, 2], [3, 4]]) // [[2, 4], [1, 3]] */
export const rot90 = op(
  'rot90',
  (
    array: Tensor,
    {
      k = 1,
      axes = [0, 1],
    }: {
      /** How many quarter turns, from the first axis towards the second; 1 by default. */
      readonly k?: number | undefined;
      /** The two axes of the plane; `[0, 1]` by default. */
      readonly axes?: readonly number[] | undefined;
    } = {},
  ) => {
    const rank = array.shape.length;
    if (rank < 2) fail('rot90', `the tensor has shape ${showShape(array.shape)}`, 'give two axes or more');
    const [a, b] = axes.map((d) => axisOf('rot90', d, rank, 'axes')) as [number, number];
    if (axes.length !== 2 || a === b) fail('rot90', `axes are [${axes.join(', ')}]`, 'name two different axes');
    const turned = (x: Tensor): Tensor =>
      m.transpose(x, { perm: range(rank).map((d) => (d === a ? b : d === b ? a : d)) });
    const turns = ((k % 4) + 4) % 4;
    if (turns === 0) return array;
    if (turns === 2) return m.reverse(array, { axes: [a, b] });
    return turns === 1 ? turned(m.reverse(array, { axes: [b] })) : m.reverse(turned(array), { axes: [b] });
  },
  ['tensor'],
  { k: true, axes: true },
);
/** Columns in reverse order. @example fliplr([[1, 2]]) // [[2, 1]] */
export const fliplr = op('fliplr', (x: Tensor) => m.reverse(x, { axes: [axisOf('fliplr', 1, x.shape.length)] }));
/** Rows in reverse order. @example flipud([[1], [2]]) // [[2], [1]] */
export const flipud = op('flipud', (x: Tensor) => m.reverse(x, { axes: [axisOf('flipud', 0, x.shape.length)] }));

/** Every element of one times all of the other: blocks of the second, scaled. @example kron([1, 2], [3, 4]) // [3, 4, 6, 8] */
export const kron = op(
  'kron',
  (x1: Operand, x2: Operand) => {
    const dtype = resultType(promotableOf(x1), promotableOf(x2));
    const [first, second] = [cast(x1, dtype), cast(x2, dtype)];
    const rank = Math.max(first.shape.length, second.shape.length);
    const [a, b] = align('kron', [reshapeTo(first, [-1, 1]), reshapeTo(second, [1, -1])] as const);
    const padded = (shape: readonly number[]): number[] => [
      ...new Array<number>(rank - shape.length).fill(1),
      ...shape,
    ];
    const [s, t] = [padded(first.shape), padded(second.shape)];
    const product = m.reshape(a.dtype === 'bool' ? p.bitAnd(a, b) : p.mul(a, b), { shape: [...s, ...t] });
    const mixed = m.transpose(product, { perm: range(rank).flatMap((d) => [d, rank + d]) });
    return m.reshape(mixed, { shape: range(rank).map((d) => s[d] * t[d]) });
  },
  ['operand', 'operand'],
);
export interface CrossOptions {
  /** Axis of the vectors in the first operand; the last by default. */
  readonly axisa?: number | undefined;
  /** Axis of the vectors in the second operand; the last by default. */
  readonly axisb?: number | undefined;
  /** Axis of the vectors in the result; the last by default. */
  readonly axisc?: number | undefined;
  /** Axis of the vectors in both operands and in the result. */
  readonly axis?: number | null | undefined;
}
/**
 * The cross product of vectors with three components; for two components, its signed length.
 * @example cross([1, 0, 0], [0, 1, 0]) // [0, 0, 1]
 */
export const cross = op(
  'cross',
  (x1: Tensor, x2: Tensor, { axisa = -1, axisb = -1, axisc = -1, axis }: CrossOptions = {}) => {
    const last = (x: Tensor, d0: number): Tensor => {
      const d = axisOf('cross', axis ?? d0, x.shape.length);
      const size = x.shape[d];
      if (size !== 2 && size !== 3)
        fail(
          'cross',
          `axis ${axis ?? d0} of shape ${showShape(x.shape)} has size ${size}`,
          'give vectors of 2 or 3 components',
        );
      return m.transpose(x, { perm: [...range(x.shape.length).filter((k) => k !== d), d] });
    };
    const [a, b] = [last(x1, axisa), last(x2, axisb)];
    const [na, nb] = [a.shape.at(-1), b.shape.at(-1)];
    const component = (x: Tensor, k: number): Tensor =>
      reshapeTo(part(x, x.shape.length - 1, k, k + 1), x.shape.slice(0, -1));
    const minor = (i: number, j: number): Tensor => {
      const [ai, bj] = align('cross', [component(a, i), component(b, j)] as const);
      const [aj, bi] = align('cross', [component(a, j), component(b, i)] as const);
      return p.sub(p.mul(ai, bj), p.mul(aj, bi));
    };
    const z = minor(0, 1);
    if (na === 2 && nb === 2) return z;
    const times = (x: Tensor, i: number, y: Tensor, j: number): Tensor => {
      const [s, t] = align('cross', [component(x, i), component(y, j)] as const);
      return p.mul(s, t);
    };
    // A missing third component is 0.
    const [x, y] =
      na === 2
        ? [times(a, 1, b, 2), p.neg(times(a, 0, b, 2))]
        : nb === 2
          ? [p.neg(times(a, 2, b, 1)), times(a, 2, b, 0)]
          : [minor(1, 2), minor(2, 0)];
    const rank = z.shape.length;
    const joined = m.concatenate(
      [x, y, z].map((t) => m.reshape(t, { shape: [...t.shape, 1] })),
      { axis: rank },
    );
    const place = axisOf('cross', axis ?? axisc, rank + 1);
    return m.transpose(joined, { perm: range(rank + 1).map((d) => (d === place ? rank : d < place ? d : d - 1)) });
  },
  ['tensor', 'tensor'],
  { axisa: true, axisb: true, axisc: true, axis: true },
);
/** Sliding products of two vectors: `Σ_n x1[n + k] · x2[n]`. @example correlate([1, 2, 3], [0, 1]) // [2, 3] */
export const correlate = op(
  'correlate',
  (
    x1: Tensor,
    x2: Tensor,
    {
      mode = 'valid',
    }: {
      /** `'valid'` (the default): where both overlap entirely; `'same'`: as many as the longer has; `'full'`: wherever they overlap. */
      readonly mode?: 'valid' | 'same' | 'full' | undefined;
    } = {},
  ) => {
    if (x1.shape.length !== 1 || x2.shape.length !== 1)
      fail('correlate', `the operands have shapes ${showShape(x1.shape)} and ${showShape(x2.shape)}`, 'give vectors');
    if (mode !== 'valid' && mode !== 'same' && mode !== 'full')
      fail('correlate', `unknown mode "${String(mode)}"`, 'use "valid", "same" or "full"');
    const common = resultType(x1.dtype, x2.dtype);
    const dtype = isInexact(common) ? common : 'float32';
    const [a, b] = [cast(x1, dtype), conjugateOf(cast(x2, dtype))];
    return a.shape[0] < b.shape[0] ? slid(b, a, mode, true) : slid(a, b, mode, false);
  },
  ['tensor', 'tensor'],
  { mode: true },
);
/** Windows of the longer vector, each multiplied with the shorter one. */
function slid(long: Tensor, short: Tensor, mode: 'valid' | 'same' | 'full', isSwapped: boolean): Tensor {
  const [n, k] = [long.shape[0], short.shape[0]];
  const low = mode === 'full' ? k - 1 : mode === 'same' ? (isSwapped ? (k - 1) >> 1 : k >> 1) : 0;
  const high = mode === 'full' ? k - 1 : mode === 'same' ? k - 1 - low : 0;
  const padded = m.pad(long, { low: [low], high: [high], inner: [0], value: 0 });
  const count = n + low + high - k + 1;
  const terms = range(k).map((j) =>
    p.mul(
      part(padded, 0, j, j + count),
      m.broadcast(m.reshape(part(short, 0, j, j + 1), { shape: [1] }), { shape: [count], axes: [0] }),
    ),
  );
  const total = terms.reduce((a, b) => p.add(a, b));
  return isSwapped ? m.reverse(total, { axes: [0] }) : total;
}
/** Correlation coefficients of rows. @example corrcoef([[1, 2, 3], [3, 2, 1]]) // [[1, -1], [-1, 1]] */
export const corrcoef = op('corrcoef', (x: Tensor) => {
  const y = cast(x, x.dtype === 'float64' ? x.dtype : isInexact(x.dtype) ? x.dtype : 'float32');
  if (y.shape.length > 2)
    fail('corrcoef', `the tensor has shape ${showShape(x.shape)}`, 'give a matrix whose rows are variables');
  const rows = y.shape.length < 2 ? reshapeTo(y, [1, -1]) : y;
  const [variables, n] = [rows.shape[0], rows.shape[1]];
  const mean = p.div(reduceSum(rows, { axes: [1] }), like(reduceSum(rows, { axes: [1] }), n));
  const centred = p.sub(rows, m.broadcast(mean, { shape: rows.shape, axes: [0] }));
  const shape = [variables, variables];
  const big = [variables, variables, n];
  const products = p.mul(
    m.broadcast(centred, { shape: big, axes: [0, 2] }),
    conjugateOf(m.broadcast(centred, { shape: big, axes: [1, 2] })),
  );
  const sums = reduceSum(products, { axes: [2] });
  const covariance = p.div(sums, like(sums, n - 1));
  const deviation = p.sqrt(diagonalOf('corrcoef', covariance, 0, 0, 1));
  const c = p.div(
    p.div(covariance, m.broadcast(deviation, { shape, axes: [0] })),
    m.broadcast(deviation, { shape, axes: [1] }),
  );
  const within = (t: Tensor): Tensor => p.max(p.min(t, like(t, 1)), like(t, -1));
  const confined = c.parts ? complex(within(c.parts[0]), within(c.parts[1])) : within(c);
  return variables === 1 ? reshapeTo(confined, []) : confined;
});
