import { type DType, dtypeInfo, isFloat, isInexact } from '../../base/dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { reduceMax, reduceMin, reduceProd, reduceSum } from '../../primitives/reduce.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType, realType } from '../promotion.ts';
import {
  type ArgOptions,
  argmax,
  argmin,
  argOptions,
  type ReduceOptions,
  reduceOptions,
  reduceOver,
  widened,
} from './reduce.ts';

/** `x` with NaN replaced; only floats have any. */
export const withoutNan = (x: Tensor, value: number): Tensor =>
  isInexact(x.dtype) ? p.select(p.ne(x, x), like(x, value), x) : x;
const isNumber = (x: Tensor, dtype: DType): Tensor =>
  isInexact(x.dtype) ? cast(p.eq(x, x), dtype) : cast(like(x, 1), dtype);

/** Sum over axes, NaN counting as 0. @example nansum([1, NaN, 2]) // 3 */
export const nansum = op(
  'nansum',
  (x: Tensor, options: ReduceOptions = {}) =>
    reduceOver('nansum', cast(withoutNan(x, 0), widened(x.dtype)), options, reduceSum),
  ['tensor'],
  reduceOptions,
);
/** Product over axes, NaN counting as 1. @example nanprod([2, NaN, 3]) // 6 */
export const nanprod = op(
  'nanprod',
  (x: Tensor, options: ReduceOptions = {}) =>
    reduceOver('nanprod', cast(withoutNan(x, 1), widened(x.dtype)), options, reduceProd),
  ['tensor'],
  reduceOptions,
);
/** Extreme of the numbers; NaN where there is none. */
const extreme = (name: string, reduce: typeof reduceMax, ignored: number) =>
  op(
    name,
    (x: Tensor, options: ReduceOptions = {}) => {
      if (!isFloat(x.dtype)) return reduceOver(name, x, options, reduce);
      const found = reduceOver(name, withoutNan(x, ignored), options, reduce);
      const count = reduceOver(name, isNumber(x, x.dtype), options, reduceSum);
      return p.select(p.eq(count, like(count, 0)), like(found, Number.NaN), found);
    },
    ['tensor'],
    reduceOptions,
  );
/** Largest number over axes, NaN left out. @example nanmax([1, NaN, 3]) // 3 */
export const nanmax = extreme('nanmax', reduceMax, -Infinity);
/** Smallest number over axes, NaN left out. @example nanmin([1, NaN, 3]) // 1 */
export const nanmin = extreme('nanmin', reduceMin, Infinity);

function meanOfNumbers(who: string, x: Tensor, options: ReduceOptions): Tensor {
  const total = reduceOver(who, withoutNan(x, 0), options, reduceSum);
  return p.div(total, reduceOver(who, isNumber(x, x.dtype), options, reduceSum));
}
const wide = (x: Tensor): Tensor => cast(x, x.dtype === 'float64' || x.parts ? x.dtype : 'float32');
/** Mean of the numbers over axes. @example nanmean([1, NaN, 3]) // 2 */
export const nanmean = op(
  'nanmean',
  (x: Tensor, options: ReduceOptions = {}) => cast(meanOfNumbers('nanmean', wide(x), options), floatType(x.dtype)),
  ['tensor'],
  reduceOptions,
);
function varianceOfNumbers(who: string, x: Tensor, options: ReduceOptions): Tensor {
  const mean = meanOfNumbers(who, x, { axis: options.axis, keepdims: true });
  // NaN counts as the mean; infinities stay, and make the result NaN.
  const spreadMean = spreadTo(mean, x.shape);
  const isCounted = p.eq(x, x);
  const centred = p.select(isCounted, p.sub(x, spreadMean), like(x, 0));
  const distance = centred.parts ? p.abs(centred) : centred;
  const total = reduceOver(who, p.mul(distance, distance), options, reduceSum);
  return p.div(total, reduceOver(who, cast(isCounted, distance.dtype), options, reduceSum));
}
/** Variance of the numbers over axes. @example nanvar([1, NaN, 3]) // 1 */
export const nanvar = op(
  'nanvar',
  (x: Tensor, options: ReduceOptions = {}) => cast(varianceOfNumbers('nanvar', wide(x), options), realType(x.dtype)),
  ['tensor'],
  reduceOptions,
);
/** Standard deviation of the numbers over axes. @example nanstd([1, NaN, 3]) // 1 */
export const nanstd = op(
  'nanstd',
  (x: Tensor, options: ReduceOptions = {}) =>
    cast(p.sqrt(varianceOfNumbers('nanstd', wide(x), options)), realType(x.dtype)),
  ['tensor'],
  reduceOptions,
);
/** Position of an extreme among the numbers; -1 where there is none. */
const place = (name: string, f: typeof argmax, ignored: number) =>
  op(
    name,
    (x: Tensor, options: ArgOptions = {}) => {
      if (!isFloat(x.dtype)) return f(x, options);
      const found = f(withoutNan(x, ignored), options);
      const count = reduceOver(
        name,
        isNumber(x, 'int32'),
        { axis: options.axis, keepdims: options.keepdims },
        reduceSum,
      );
      return p.select(p.eq(count, like(count, 0)), like(found, -1), found);
    },
    ['tensor'],
    argOptions,
  );
/** Position of the largest number, NaN left out. @example nanargmax([1, NaN, 3]) // 2 */
export const nanargmax = place('nanargmax', argmax, -Infinity);
/** Position of the smallest number, NaN left out. @example nanargmin([1, NaN, 3]) // 0 */
export const nanargmin = place('nanargmin', argmin, Infinity);

export interface NanToNumOptions {
  /** In place of NaN; 0 by default. */
  readonly nan?: number | undefined;
  /** In place of +∞; the largest finite number by default. */
  readonly posinf?: number | null | undefined;
  /** In place of -Infinity; the lowest value of the type by default. */
  readonly neginf?: number | null | undefined;
}
const largest: Readonly<Partial<Record<DType, number>>> = {
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
};
/** NaN and infinities replaced by numbers. @example nanToNum([NaN, 1]) // [0, 1] */
export const nanToNum = op(
  'nanToNum',
  (x: Tensor, { nan = 0, posinf, neginf }: NanToNumOptions = {}) => {
    if (dtypeInfo[x.dtype].kind !== 'float') return x;
    const most = largest[x.dtype]!;
    const low = p.select(p.eq(x, like(x, -Infinity)), like(x, neginf ?? -most), withoutNan(x, nan));
    return p.select(p.eq(x, like(x, Infinity)), like(x, posinf ?? most), low);
  },
  ['tensor'],
  { nan: true, posinf: true, neginf: true },
);
