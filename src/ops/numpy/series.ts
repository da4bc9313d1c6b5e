import { asDType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { type Axes, axesOf, axisOf } from '../axes.ts';
import { op } from '../op.ts';
import { align, cast, like, type Operand, promotableOf, spread, spreadTo } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';
import { type SpaceOptions, spaced, toAxis } from './create.ts';
import { concatenate, part } from './shape.ts';

/** 0 where x1 is negative, 1 where it is positive, x2 where it is 0. @example heaviside([-1, 0, 2], 0.5) // [0, 0.5, 1] */
export const heaviside = op(
  'heaviside',
  (x1: Operand, x2: Operand) => {
    const [x, y] = align('heaviside', [x1, x2] as const, floatType);
    const zero = like(x, 0);
    const sided = p.select(p.lt(x, zero), zero, p.select(p.gt(x, zero), like(x, 1), y));
    return p.select(p.ne(x, x), x, sided);
  },
  ['operand', 'operand'],
);

export interface AverageOptions {
  /** Axes that are averaged; all by default. */
  readonly axis?: Axes;
  /** One weight per element, or one per position of the axis. */
  readonly weights?: Like | null | undefined;
}
/** Weighted mean over axes. @example average([1, 3], { weights: [3, 1] }) // 1.5 */
export const average = op(
  'average',
  (x0: Tensor, { axis, weights }: AverageOptions = {}) => {
    const w0 = weights === undefined || weights === null ? undefined : asTensor(weights);
    const dtype = floatType(w0 ? resultType(x0.dtype, w0.dtype) : x0.dtype);
    const x = cast(x0, dtype);
    const axes = axesOf('average', axis, x.shape.length);
    const w = w0 ? weightsOver(cast(w0, dtype), x, axes) : like(x, 1);
    return p.div(reduceSum(p.mul(x, w), { axes }), reduceSum(w, { axes }));
  },
  ['tensor'],
  { axis: true, weights: true },
);
function weightsOver(w: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  if (showShape(w.shape) === showShape(x.shape)) return w;
  if (w.shape.length !== 1 || axes.length !== 1 || w.shape[0] !== x.shape[axes[0]])
    fail(
      'average',
      `weights have shape ${showShape(w.shape)}, x has ${showShape(x.shape)}`,
      'give the shape of x, or one weight for each position of the axis',
    );
  return broadcast(w, { shape: x.shape, axes });
}

export interface TrapezoidOptions {
  /** Positions of the values; `dx` apart by default. */
  readonly x?: Like | null | undefined;
  /** Distance of the samples if `x` is not given; 1 by default. */
  readonly dx?: number | undefined;
  /** Axis of integration; the last by default. */
  readonly axis?: number | undefined;
}
/** Integral by the trapezoidal rule. @example trapezoid([1, 2, 3]) // 4 */
export const trapezoid = op(
  'trapezoid',
  (y0: Tensor, { x: places, dx = 1, axis = -1 }: TrapezoidOptions = {}) => {
    const y = cast(y0, floatType(y0.dtype));
    const d = axisOf('trapezoid', axis, y.shape.length);
    const n = y.shape[d];
    const sums = p.add(part(y, d, 1, n), part(y, d, 0, n - 1));
    if (places === undefined || places === null) return reduceSum(p.mul(sums, like(sums, dx / 2)), { axes: [d] });
    const x = cast(asTensor(places), y.dtype);
    const along = x.shape.length === 1 ? broadcast(x, { shape: y.shape, axes: [d] }) : spreadTo(x, y.shape);
    const steps = p.sub(part(along, d, 1, n), part(along, d, 0, n - 1));
    return reduceSum(p.mul(p.mul(sums, steps), like(sums, 0.5)), { axes: [d] });
  },
  ['tensor'],
  { x: true, dx: true, axis: true },
);
/** Differences of neighbours along an axis, n times. @example diff([1, 4, 9]) // [3, 5] */
export const diff = op(
  'diff',
  (
    a: Tensor,
    {
      n = 1,
      axis = -1,
    }: {
      /** How many times to take differences; 1 by default. */
      readonly n?: number | undefined;
      /** Axis along which neighbours are subtracted; the last by default. */
      readonly axis?: number | undefined;
    } = {},
  ) => {
    if (!Number.isInteger(n) || n < 0) fail('diff', `n is ${n}`, 'give a whole number of at least 0');
    const d = axisOf('diff', axis, a.shape.length);
    let x = a;
    for (let k = 0; k < n; k++) {
      const size = x.shape[d];
      const [next, own] = [part(x, d, Math.min(1, size), size), part(x, d, 0, Math.max(0, size - 1))];
      x = x.dtype === 'bool' ? p.ne(next, own) : p.sub(next, own);
    }
    return x;
  },
  ['tensor'],
  { n: true, axis: true },
);
/** Appends x2 to x1 along an axis, or both flattened. @example append([1, 2], [3]) // [1, 2, 3] */
export const append = op(
  'append',
  (
    x1: Operand,
    x2: Operand,
    {
      axis,
    }: {
      /** Axis along which values are appended; by default both are flattened. */
      readonly axis?: number | null | undefined;
    } = {},
  ): Tensor => {
    const dtype = resultType(promotableOf(x1), promotableOf(x2));
    return concatenate([cast(x1, dtype), cast(x2, dtype)], { axis: axis ?? null });
  },
  ['operand', 'operand'],
  { axis: true },
);

interface LogSpaceOptions extends SpaceOptions {
  /** Base of the powers; 10 by default. */
  readonly base?: number | undefined;
}
const finished = (x: Tensor, { dtype, axis = 0 }: SpaceOptions, who: string): Tensor =>
  toAxis(dtype === undefined || dtype === null ? x : cast(x, asDType(dtype, who)), axis);
/** A geometric sequence from `base^start` to `base^stop`. @example logspace(0, 2, { num: 3 }) // [1, 10, 100] */
export const logspace = op(
  'logspace',
  (start: Operand, stop: Operand, options: LogSpaceOptions = {}) => {
    const exponents = spaced('logspace', start, stop, options);
    return finished(p.pow(like(exponents, options.base ?? 10), exponents), options, 'logspace');
  },
  ['operand', 'operand'],
  { base: true, num: true, endpoint: true, axis: true, dtype: true },
);
/** A geometric sequence from start to stop. @example geomspace(1, 100, { num: 3 }) // [1, 10, 100] */
export const geomspace = op(
  'geomspace',
  (start: Operand, stop: Operand, options: SpaceOptions = {}) => {
    const dtype = resultType(promotableOf(start), promotableOf(stop), 'float');
    const [low, high] = spread('geomspace', [start, stop] as const, dtype);
    // Ends of different signs, or a start of 0, have no ratio: NaN.
    const side = p.sign(low);
    const [a, b] = [p.log(p.div(low, side)), p.log(p.div(high, side))];
    const line = spaced('geomspace', a, b, options);
    const sign = broadcast(side, { shape: line.shape, axes: low.shape.map((_, d) => d + 1) });
    const values = p.mul(sign, p.exp(line));
    const last = options.endpoint === false ? 0 : 1;
    const index = iota({ shape: line.shape, dtype: 'int32', axis: 0 });
    const over = (x: Tensor): Tensor => broadcast(x, { shape: line.shape, axes: x.shape.map((_, d) => d + 1) });
    const isEnd = p.eq(index, like(index, last === 1 ? line.shape[0] - 1 : -1));
    const exact = p.select(p.eq(index, like(index, 0)), over(low), p.select(isEnd, over(high), values));
    return finished(p.select(p.ne(line, line), line, exact), options, 'geomspace');
  },
  ['operand', 'operand'],
  { num: true, endpoint: true, axis: true, dtype: true },
);
