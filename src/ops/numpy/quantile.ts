import { isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range, showShape, sizeOf } from '../../base/shape.ts';
import { table } from '../../base/table.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { gatherAlong } from '../../primitives/indexing/gather.ts';
import { broadcast, reshape, transpose } from '../../primitives/movement.ts';
import { reduceOr, reduceSum } from '../../primitives/reduce.ts';
import { sort } from '../../primitives/sorting/sort.ts';
import { axesOf, keptShape } from '../axes.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType } from '../promotion.ts';
import { type ReduceOptions, reduceOptions } from './reduce.ts';

export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'midpoint' | 'nearest';
/** Options of `quantile` and related ops. */
export interface QuantileOptions extends ReduceOptions {
  /** Interpolation between two elements. */
  readonly method?: QuantileMethod | undefined;
}
/** Interpolates between the two elements around a position at distance `above` from the lower one. */
const between: Readonly<Record<QuantileMethod, (low: Tensor, high: Tensor, above: Tensor) => Tensor>> = table({
  linear: (low, high, above) => p.add(p.mul(low, p.sub(like(above, 1), above)), p.mul(high, above)),
  lower: (low) => low,
  higher: (_, high) => high,
  midpoint: (low, high) => p.mul(p.add(low, high), like(low, 0.5)),
  nearest: (low, high, above) => p.select(p.le(above, like(above, 0.5)), low, high),
});

function quantileOf(who: string, x0: Tensor, q0: Tensor, options: QuantileOptions, skipsNan: boolean): Tensor {
  const { method = 'linear', keepdims = false } = options;
  const join =
    between[method] ??
    fail(who, `unknown method "${String(method)}"`, 'use linear, lower, higher, midpoint or nearest');
  if (q0.shape.length > 1) fail(who, `q has shape ${showShape(q0.shape)}`, 'give a scalar or a vector');
  const x = cast(x0, floatType(x0.dtype));
  const axes = axesOf(who, options.axis, x.shape.length);
  const kept = range(x.shape.length).filter((d) => !axes.includes(d));
  const rows = kept.map((d) => x.shape[d]);
  const n = sizeOf(axes.map((d) => x.shape[d]));
  const last = rows.length;
  // The reduced axes become one, the last, which is sorted with NaN at the end.
  const flat = reshape(transpose(x, { perm: [...kept, ...axes] }), { shape: [...rows, n] });
  const ordered = sort([flat], { axis: last, descending: false })[0];
  const count = sizeOf(q0.shape);
  const q = cast(reshape(q0, { shape: [count] }), x.dtype);
  const shape = [...rows, count];
  const wanted = broadcast(q, { shape, axes: [last] });
  const isNumber = cast(p.eq(flat, flat), x.dtype);
  const numbers = skipsNan
    ? spreadTo(reshape(reduceSum(isNumber, { axes: [last] }), { shape: [...rows, 1] }), shape)
    : like(wanted, n);
  const end = p.max(p.sub(numbers, like(numbers, 1)), like(numbers, 0));
  const position = p.mul(wanted, end);
  const floor = p.floor(position);
  const place = (t: Tensor): Tensor => cast(p.max(p.min(t, end), like(t, 0)), 'int32');
  const take = (t: Tensor): Tensor => gatherAlong(ordered, place(t), { axis: last, mode: 'clamp', fill: 0 });
  const found = join(take(floor), take(p.ceil(position)), p.sub(position, floor));
  const spoiled = skipsNan
    ? p.eq(numbers, like(numbers, 0))
    : spreadTo(reshape(reduceOr(p.ne(flat, flat), { axes: [last] }), { shape: [...rows, 1] }), shape);
  const values = p.select(spoiled, like(found, Number.NaN), found);
  // The axis of the quantiles comes first.
  const front = transpose(values, { perm: [last, ...range(last)] });
  const inner = keepdims ? keptShape(x.shape, axes) : rows;
  return reshape(front, { shape: [...(q0.shape.length === 0 ? [] : [count]), ...inner] });
}
const quantiles = (name: string, scale: number, skipsNan: boolean) =>
  op(
    name,
    (x: Tensor, q: Tensor, options: QuantileOptions = {}) => {
      const share = cast(q, isFloat(x.dtype) ? x.dtype : floatType(x.dtype));
      return quantileOf(name, x, scale === 1 ? share : p.div(share, like(share, scale)), options, skipsNan);
    },
    ['tensor', 'tensor'],
    { method: true, axis: true, keepdims: true },
  );
const medians = (name: string, skipsNan: boolean) =>
  op(
    name,
    (x: Tensor, options: ReduceOptions = {}) => {
      const half = cast(0.5, floatType(x.dtype));
      return quantileOf(name, x, half, { ...options, method: 'midpoint' }, skipsNan);
    },
    ['tensor'],
    reduceOptions,
  );
/**
 * The value below which a fraction q in [0, 1] of the elements lies; several q form a new first axis.
 * @example quantile([1, 2, 3], 0.25) // 1.5
 */
export const quantile = quantiles('quantile', 1, false);
/** The value below which q percent of the elements lie. @example percentile([1, 2, 3], 25) // 1.5 */
export const percentile = quantiles('percentile', 100, false);
/** `quantile` of the numbers, NaN left out. @example nanquantile([1, NaN, 3], 0.5) // 2 */
export const nanquantile = quantiles('nanquantile', 1, true);
/** `percentile` of the numbers, NaN left out. @example nanpercentile([1, NaN, 3], 50) // 2 */
export const nanpercentile = quantiles('nanpercentile', 100, true);
/** The middle element, or the mean of the two in the middle. @example median([3, 1, 2]) // 2 */
export const median = medians('median', false);
/** `median` of the numbers, NaN left out. @example nanmedian([3, NaN, 1]) // 2 */
export const nanmedian = medians('nanmedian', true);
