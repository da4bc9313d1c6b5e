import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { showShape, sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { scan } from '../../primitives/control/control.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { gather } from '../../primitives/indexing/gather.ts';
import { broadcast, reshape } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { argSort, topK as largest, sort as sorted } from '../../primitives/sorting/sort.ts';
import { axisOf } from '../axes.ts';
import { op } from '../op.ts';
import { cast, filled, like } from '../operands.ts';
import { resultType } from '../promotion.ts';
import { reshapeTo } from './shape.ts';

export interface SortOptions {
  /** Axis along which to sort; null flattens first. */
  readonly axis?: number | null | undefined;
}
const sortOptions: OptionNames<SortOptions> = { axis: true };
const prepared = (who: string, x: Tensor, axis: number | null | undefined): { y: Tensor; d: number } => {
  const y = axis === null || x.shape.length === 0 ? reshapeTo(x, [-1]) : x;
  return { y, d: axis === null || x.shape.length === 0 ? 0 : axisOf(who, axis ?? -1, y.shape.length) };
};
/** Elements in ascending order along an axis, NaN last. @example sort([3, 1, 2]) // [1, 2, 3] */
export const sort = op(
  'sort',
  (x: Tensor, { axis = -1 }: SortOptions = {}) => {
    const { y, d } = prepared('sort', x, axis);
    return sorted([y], { axis: d, descending: false })[0];
  },
  ['tensor'],
  sortOptions,
);
/** Positions that put an axis into ascending order; equal elements keep their order. @example argsort([3, 1, 2]) // [1, 2, 0] */
export const argsort = op(
  'argsort',
  (x: Tensor, { axis = -1 }: SortOptions = {}) => {
    const { y, d } = prepared('argsort', x, axis);
    return argSort(y, { axis: d, descending: false });
  },
  ['tensor'],
  sortOptions,
);
/**
 * Positions that put the kth element in its sorted place, smaller ones before it, larger ones after.
 * @example argpartition([3, 1, 2], 1) // [1, 2, 0]
 */
export const argpartition = op(
  'argpartition',
  (x: Tensor, kth: number, { axis = -1 }: SortOptions = {}) => {
    const { y, d } = prepared('argpartition', x, axis);
    axisOf('argpartition', kth, y.shape[d], 'kth');
    return argSort(y, { axis: d, descending: false });
  },
  ['tensor'],
  sortOptions,
);

/** The k largest elements of the last axis, largest first, and their positions; of equal ones the first come first. @example topK([1, 3, 2], 2)[0] // [3, 2] */
export const topK = op(
  'topK',
  (
    x: Tensor,
    k: number,
    _: {
      /** Has no effect: results are always in descending order. */
      readonly sorted?: boolean | undefined;
    } = {},
  ): [Tensor, Tensor] => {
    const n = x.shape.at(-1);
    if (n === undefined || !Number.isInteger(k) || k < 0 || k > n)
      fail(
        'topK',
        `k is ${k}, the last axis of shape ${showShape(x.shape)} has ${n ?? 'no'} elements`,
        'give k between 0 and its size',
      );
    const { values, indices } = largest(x, { k });
    return [values, indices];
  },
  ['tensor'],
  { sorted: true },
);
/** Whether each target class is among the k largest predictions of its row. @example inTopK([1], [[0.1, 0.9]], 1) // [true] */
export const inTopK = op(
  'inTopK',
  (targets: Tensor, predictions: Tensor, k: number) => {
    const [rows, classes] = [predictions.shape.slice(0, -1), predictions.shape.at(-1)!];
    if (predictions.shape.length === 0 || showShape(rows) !== showShape(targets.shape))
      fail(
        'inTopK',
        `targets have shape ${showShape(targets.shape)}, predictions ${showShape(predictions.shape)}`,
        'give one target for each row of predictions',
      );
    // The target class's prediction ranks behind all larger ones.
    const shape = predictions.shape;
    const wanted = broadcast(cast(targets, 'int32'), { shape, axes: rows.map((_, d) => d) });
    const isTarget = p.eq(iota({ shape, dtype: 'int32', axis: rows.length }), wanted);
    const own = reduceSum(p.select(isTarget, predictions, like(predictions, 0)), { axes: [rows.length] });
    const larger = p.gt(predictions, broadcast(own, { shape, axes: rows.map((_, d) => d) }));
    const count = reduceSum(cast(larger, 'int32'), { axes: [rows.length] });
    const target = cast(targets, 'int32');
    const exists = p.bitAnd(p.ge(target, like(target, 0)), p.lt(target, like(target, classes)));
    return p.bitAnd(exists, p.bitAnd(p.lt(count, like(count, k)), p.lt(p.abs(own), like(own, Infinity))));
  },
  ['tensor', 'tensor'],
);

/**
 * Insertion point of each value in a sorted vector, before (`left`) or behind (`right`) equal elements, by binary
 * search.
 */
function insertion(who: string, sequence: Tensor, values: Tensor, side: 'left' | 'right'): Tensor {
  if (sequence.shape.length !== 1)
    fail(who, `the sorted sequence has shape ${showShape(sequence.shape)}`, 'give a vector');
  const dtype = resultType(sequence.dtype, values.dtype);
  const [s, v] = [cast(sequence, dtype), cast(reshapeTo(values, [sizeOf(values.shape)]), dtype)];
  const n = s.shape[0];
  if (n === 0) return filled(values.shape, 'int32', 0);
  const isFloat = dtypeInfo[dtype].kind === 'float';
  const nan = (t: Tensor): Tensor => p.ne(t, t);
  /** Whether an element stands before the place of a value; NaN stands behind all numbers. */
  const precedes = (element: Tensor): Tensor => {
    const plain = side === 'left' ? p.lt(element, v) : p.le(element, v);
    if (!isFloat) return plain;
    return p.bitOr(plain, side === 'left' ? p.bitAnd(nan(v), p.not(nan(element))) : nan(v));
  };
  const { carries } = scan(
    ([low, high]) => {
      const middle = p.div(p.add(low, high), like(low, 2));
      const element = gather(s, [middle], { batch: 0, axes: [0], mode: 'clamp', fill: 0 });
      const isBehind = p.bitAnd(precedes(element), p.lt(low, high));
      const next = p.select(isBehind, p.add(middle, like(middle, 1)), low);
      return { carries: [next, p.select(p.bitOr(isBehind, p.ge(low, high)), high, middle)], results: [] };
    },
    [filled(v.shape, 'int32', 0), filled(v.shape, 'int32', n)],
    [],
    { length: Math.ceil(Math.log2(n + 1)) },
  );
  return reshape(carries[0], { shape: values.shape });
}
export interface SearchOptions {
  /** Which end of equal values is found; `'left'` by default. */
  readonly side?: 'left' | 'right' | undefined;
}
/** Where values belong in a sorted vector, before equal elements (`left`) or behind them. @example searchsorted([1, 3, 5], [3, 4]) // [1, 2] */
export const searchsorted = op(
  ['searchsorted', 'SearchSorted'],
  (sortedSequence: Tensor, values: Tensor, { side = 'left' }: SearchOptions = {}) => {
    if (side !== 'left' && side !== 'right')
      fail('searchsorted', `unknown side "${String(side)}"`, 'use "left" or "right"');
    return insertion('searchsorted', sortedSequence, values, side);
  },
  ['tensor', 'tensor'],
  { side: true },
);
/** The number of the bin that each element falls into, bins being sorted edges. @example digitize([0.5, 2.5], [1, 2, 3]) // [0, 2] */
export const digitize = op('digitize', (x: Tensor, bins: Tensor) => insertion('digitize', bins, x, 'right'), [
  'tensor',
  'tensor',
]);
