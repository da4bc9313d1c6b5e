import { isInexact } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range, type Shape, showShape, sizeOf, stridesOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast } from '../../primitives/movement.ts';
import { reduceAnd, reduceMax, reduceMin, reduceOr, reduceSum } from '../../primitives/reduce.ts';
import { op } from '../op.ts';
import { align, cast, filled, like, type Operand } from '../operands.ts';
import { type CloseOptions, closeOptions } from './close-options.ts';
import { isclose } from './compare.ts';
import { spaced } from './create.ts';
import { part, reshapeTo } from './shape.ts';

/** Whether all elements are close to each other: `|x1 - x2| <= atol + rtol · |x2|`. @example allclose([1, 2], [1, 2]) // true */
export const allclose = op(
  ['allclose', 'AllClose'],
  (x1: Operand, x2: Operand, options: CloseOptions = {}) => {
    const near = isclose(x1, x2, options);
    return reduceAnd(near, { axes: range(near.shape.length) });
  },
  ['operand', 'operand'],
  closeOptions,
);
export interface IsinOptions {
  /** Promises that no element occurs twice; nothing depends on it. */
  readonly assumeUnique?: boolean | undefined;
  /** Inverts the result: whether an element does not occur. */
  readonly invert?: boolean | undefined;
}
/** Whether each element of x1 occurs in x2. @example isin([1, 2, 3], [3, 1]) // [true, false, true] */
export const isin = op(
  ['isin', 'IsIn'],
  (x1: Tensor, x2: Tensor, { invert = false }: IsinOptions = {}) => {
    const flat = reshapeTo(x2, [sizeOf(x2.shape)]);
    const rank = x1.shape.length;
    const shape = [...x1.shape, flat.shape[0]];
    const own = broadcast(x1, { shape, axes: range(rank) });
    const other = broadcast(flat, { shape, axes: [rank] });
    const [a, b] = align('isin', [own, other] as const);
    const found = reduceOr(p.eq(a, b), { axes: [rank] });
    return invert ? p.not(found) : found;
  },
  ['tensor', 'tensor'],
  { assumeUnique: true, invert: true },
);
/** Positions in the flattened tensor as positions along each axis. @example unravelIndex([5], [2, 3]) // [[1], [2]] */
export const unravelIndex = op(
  'unravelIndex',
  (indices: Tensor, shape: Shape) => {
    const total = sizeOf(shape);
    const raw = cast(indices, 'int32');
    const wrapped = p.select(p.lt(raw, like(raw, 0)), p.add(raw, like(raw, total)), raw);
    const inside = p.max(p.min(wrapped, like(raw, total - 1)), like(raw, 0));
    const strides = stridesOf(shape);
    return shape.map((n, d) => {
      const place = p.rem(p.div(inside, like(raw, strides[d])), like(raw, n));
      return indices.dtype === 'bool' ? place : cast(place, indices.dtype);
    });
  },
  ['tensor', 'numbers'],
);
export interface HistogramOptions {
  /** Number of bins of equal width; 10 by default. */
  readonly bins?: number | undefined;
  /** Ends of the outermost bins; the minimum and maximum by default. */
  readonly range?: readonly [number, number] | null | undefined;
}
/** How many elements fall into each of equal bins, and the bins' edges. @example histogram([0, 1, 1], { bins: 2 })[0] // [1, 2] */
export const histogram = op(
  'histogram',
  (x: Tensor, { bins = 10, range: ends }: HistogramOptions = {}): [Tensor, Tensor] => {
    if (x.shape.length !== 1) fail('histogram', `the tensor has shape ${showShape(x.shape)}`, 'give a vector');
    if (!Number.isInteger(bins) || bins <= 0) fail('histogram', `bins is ${bins}`, 'give a whole number of at least 1');
    if (ends && ends[0] >= ends[1])
      fail('histogram', `range is [${ends.join(', ')}]`, 'give [low, high] with low < high');
    const y = cast(x, x.dtype === 'float64' ? x.dtype : 'float32');
    const [low, high] = ends ? ends.map((e) => filled([], y.dtype, e)) : extremes(y);
    const isFlat = p.eq(low, high);
    const half = like(low, 0.5);
    const edges = spaced(
      'histogram',
      p.select(isFlat, p.sub(low, half), low),
      p.select(isFlat, p.add(high, half), high),
      { num: bins + 1 },
    );
    const n = y.shape[0];
    const shape = [bins, n];
    // Halves are counted between edges that are halves.
    const dtype = isInexact(x.dtype) ? x.dtype : y.dtype;
    const shown = cast(edges, dtype);
    const bounds = cast(shown, y.dtype);
    const side = (from: number): Tensor => broadcast(slice(bounds, from, from + bins), { shape, axes: [0] });
    const values = broadcast(y, { shape, axes: [1] });
    const isLast = p.eq(position(shape), filled(shape, 'int32', bins - 1));
    // Only the last bin has its upper edge.
    const below = p.bitOr(p.lt(values, side(1)), p.bitAnd(isLast, p.eq(values, side(1))));
    const counts = reduceSum(cast(p.bitAnd(p.ge(values, side(0)), below), 'float32'), { axes: [1] });
    return [cast(counts, dtype), shown];
  },
  ['tensor'],
  { bins: true, range: true },
);
const extremes = (x: Tensor): Tensor[] => [reduceMin(x, { axes: [0] }), reduceMax(x, { axes: [0] })];
const slice = (x: Tensor, start: number, stop: number): Tensor => part(x, 0, start, stop);
const position = (shape: Shape): Tensor => iota({ shape, dtype: 'int32', axis: 0 });
