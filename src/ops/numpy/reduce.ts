import { type DType, dtypeInfo, isComplex, isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { type Shape, showShape, sizeOf } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { reshape } from '../../primitives/movement.ts';
import { reduceAnd, reduceMax, reduceMin, reduceOr, reduceProd, reduceSum } from '../../primitives/reduce.ts';
import { type Axes, axesOf, axisOf, keptShape } from '../axes.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType, realType } from '../promotion.ts';

/** Options of reductions. */
export interface ReduceOptions {
  /** Axes that are reduced; all of them when absent. */
  readonly axis?: Axes;
  /** Whether reduced axes stay, with size 1. */
  readonly keepdims?: boolean | undefined;
}
export const reduceOptions: OptionNames<ReduceOptions> = { axis: true, keepdims: true };
type Reduction = (x: Tensor, attrs: { axes: readonly number[] }) => Tensor;

/** Applies a reduction, keeping the reduced axes with size 1 if requested. */
export function reduceOver(who: string, x: Tensor, { axis, keepdims = false }: ReduceOptions, f: Reduction): Tensor {
  const axes = axesOf(who, axis, x.shape.length);
  if (axes.length === 0)
    return f === reduceSum || f === reduceMax || f === reduceMin || f === reduceProd ? x : f(x, { axes });
  const y = f(x, { axes });
  return keepdims ? reshape(y, { shape: keptShape(x.shape, axes) }) : y;
}
const reducedSize = (who: string, shape: Shape, axis: Axes): number =>
  sizeOf(axesOf(who, axis, shape.length).map((d) => shape[d]));

/** Small integers are summed as 32-bit ones. */
export function widened(dtype: DType): DType {
  const { kind } = dtypeInfo[dtype];
  return kind === 'float' || kind === 'complex' ? dtype : kind === 'uint' ? 'uint32' : 'int32';
}

/** Sum over axes. @example sum([[1, 2], [3, 4]], { axis: 0 }) // [4, 6] */
export const sum = op(
  'sum',
  (x: Tensor, options: ReduceOptions = {}) => reduceOver('sum', cast(x, widened(x.dtype)), options, reduceSum),
  ['tensor'],
  reduceOptions,
);
/** Product over axes. @example prod([[1, 2], [3, 4]], { axis: 0 }) // [3, 8] */
export const prod = op(
  'prod',
  (
    x: Tensor,
    {
      dtype,
      ...options
    }: ReduceOptions & {
      /** Element type of the result; that of the elements by default, at least int32 for integers. */
      readonly dtype?: DType | undefined;
    } = {},
  ) => reduceOver('prod', cast(x, dtype ?? widened(x.dtype)), options, reduceProd),
  ['tensor'],
  { axis: true, keepdims: true, dtype: true },
);

/** Means of 16-bit floats are computed in float32. */
const working = (dtype: DType): DType => (dtype === 'float64' || isComplex(dtype) ? dtype : 'float32');
export function meanOver(who: string, x: Tensor, options: ReduceOptions): Tensor {
  const total = reduceOver(who, cast(x, working(x.dtype)), options, reduceSum);
  return p.div(total, like(total, reducedSize(who, x.shape, options.axis)));
}
/** Mean of the squared distances from the mean; two passes, so that it is exact where the mean is large. */
export function varianceOver(who: string, x: Tensor, options: ReduceOptions): Tensor {
  const y = cast(x, working(x.dtype));
  const mean = meanOver(who, y, { axis: options.axis, keepdims: true });
  const centred = p.sub(y, spreadTo(mean, y.shape));
  const distance = centred.parts ? p.abs(centred) : centred;
  return meanOver(who, p.mul(distance, distance), options);
}
/** Mean over axes. @example mean([[1, 2], [3, 4]], { axis: 1 }) // [1.5, 3.5] */
export const mean = op(
  'mean',
  (x: Tensor, options: ReduceOptions = {}) => cast(meanOver('mean', x, options), floatType(x.dtype)),
  ['tensor'],
  reduceOptions,
);
/** Variance over axes. @example ops.var([1, 3]) // 1 */
const variance = op(
  'var',
  (x: Tensor, options: ReduceOptions = {}) => cast(varianceOver('var', x, options), floatType(x.dtype)),
  ['tensor'],
  reduceOptions,
);
/** Standard deviation over axes. @example std([1, 3]) // 1 */
export const std = op(
  'std',
  (x: Tensor, options: ReduceOptions = {}) => cast(p.sqrt(varianceOver('std', x, options)), realType(x.dtype)),
  ['tensor'],
  reduceOptions,
);
export { variance as var };

export interface ExtremeOptions extends ReduceOptions {
  /** A value that takes part as one more element. */
  readonly initial?: number | null | undefined;
}
const extremeOptions: OptionNames<ExtremeOptions> = { initial: true, axis: true, keepdims: true };
const extreme = (who: string, f: Reduction, pick: (x: Tensor, y: Tensor) => Tensor) => {
  return (x: Tensor, { initial, ...options }: ExtremeOptions = {}): Tensor => {
    const hasInitial = initial !== undefined && initial !== null;
    if (!hasInitial && reducedSize(who, x.shape, options.axis) === 0)
      fail(
        who,
        `there is nothing to choose from along axis ${String(options.axis)} of shape ${showShape(x.shape)}`,
        'give `initial`',
      );
    const y = reduceOver(who, x, options, f);
    return hasInitial ? pick(y, like(y, initial)) : y;
  };
};
/** Largest element over axes; NaN where there is one. @example max([[1, 2], [3, 4]], { axis: 1 }) // [2, 4] */
export const max = op('max', extreme('max', reduceMax, p.max), ['tensor'], extremeOptions);
/** Smallest element over axes; NaN where there is one. @example min([[1, 2], [3, 4]], { axis: 1 }) // [1, 3] */
export const min = op('min', extreme('min', reduceMin, p.min), ['tensor'], extremeOptions);
/** Largest element over axes; another name of `max`. @example amax([1, 2]) // 2 */
export const amax = op('amax', extreme('amax', reduceMax, p.max), ['tensor'], extremeOptions);
/** Smallest element over axes; another name of `min`. @example amin([1, 2]) // 1 */
export const amin = op('amin', extreme('amin', reduceMin, p.min), ['tensor'], extremeOptions);
/** Largest minus smallest element over axes. @example ptp([1, 5, 3]) // 4 */
export const ptp = op(
  'ptp',
  (x: Tensor, options: ReduceOptions = {}) =>
    p.sub(extreme('ptp', reduceMax, p.max)(x, options), extreme('ptp', reduceMin, p.min)(x, options)),
  ['tensor'],
  reduceOptions,
);
/** Whether all elements are true over axes. @example all([[true, false], [true, true]], { axis: 1 }) // [false, true] */
export const all = op(
  'all',
  (x: Tensor, options: ReduceOptions = {}) => reduceOver('all', cast(x, 'bool'), options, reduceAnd),
  ['tensor'],
  reduceOptions,
);
/** Whether one element or more is true over axes. @example any([[true, false], [false, false]], { axis: 1 }) // [true, false] */
export const any = op(
  'any',
  (x: Tensor, options: ReduceOptions = {}) => reduceOver('any', cast(x, 'bool'), options, reduceOr),
  ['tensor'],
  reduceOptions,
);
/** How many elements are not 0. @example countNonzero([0, 1, 2]) // 2 */
export const countNonzero = op(
  'countNonzero',
  (
    x: Tensor,
    {
      axis,
    }: {
      /** Axes over which is counted; all of them when absent. */
      readonly axis?: Axes;
    } = {},
  ) => reduceOver('countNonzero', cast(cast(x, 'bool'), 'int32'), { axis }, reduceSum),
  ['tensor'],
  { axis: true },
);

export interface ArgOptions {
  /** Axis that is searched; the flattened input by default. */
  readonly axis?: number | null | undefined;
  /** Whether the searched axis stays, with size 1; false by default. */
  readonly keepdims?: boolean | undefined;
}
export const argOptions: OptionNames<ArgOptions> = { axis: true, keepdims: true };
/** Integers in the order of the floats: -0 before 0, NaN last (or first, for the minimum). */
function ordered(x: Tensor, nan: number): Tensor {
  if (x.dtype === 'bool') return cast(x, 'int32');
  if (!isFloat(x.dtype) || x.dtype === 'float64') return x;
  const y = cast(x, 'float32');
  const bits = p.bitcast(y, { dtype: 'int32' });
  const mirrored = p.select(p.lt(bits, like(bits, 0)), p.bitXor(bits, like(bits, 0x7fffffff)), bits);
  return p.select(p.ne(y, y), like(bits, nan), mirrored);
}
const argument = (who: string, f: Reduction, nan: number) => {
  return (x: Tensor, { axis, keepdims = false }: ArgOptions = {}): Tensor => {
    const isFlat = axis === undefined || axis === null;
    const flat = isFlat ? reshape(x, { shape: [sizeOf(x.shape)] }) : x;
    const d = isFlat ? 0 : axisOf(who, axis, x.shape.length);
    if (flat.shape[d] === 0)
      fail(
        who,
        `there is nothing to choose from along axis ${String(axis)} of shape ${showShape(x.shape)}`,
        'give elements',
      );
    const keys = ordered(p.stopGradient(flat), nan);
    const best = reshape(f(keys, { axes: [d] }), { shape: keptShape(flat.shape, [d]) });
    const position = iota({ shape: flat.shape, dtype: 'int32', axis: d });
    const hit = p.eq(keys, spreadTo(best, flat.shape));
    const found = reduceMin(p.select(hit, position, like(position, 0x7fffffff)), { axes: [d] });
    if (!keepdims) return found;
    return reshape(found, { shape: isFlat ? x.shape.map(() => 1) : keptShape(x.shape, [d]) });
  };
};
/** Position of the largest element along an axis, or in the flattened tensor; the first of equal ones. @example argmax([1, 3, 2]) // 1 */
export const argmax = op('argmax', argument('argmax', reduceMax, 0x7fffffff), ['tensor'], argOptions);
/** Position of the smallest element along an axis, or in the flattened tensor; the first of equal ones. @example argmin([3, 1, 2]) // 1 */
export const argmin = op('argmin', argument('argmin', reduceMin, -0x80000000), ['tensor'], argOptions);

/** `log(sum(exp(x)))` over axes, stable. @example logsumexp([0, 0]) // 0.6931 */
export const logsumexp = op(
  'logsumexp',
  (x: Tensor, options: ReduceOptions = {}) => {
    const y = cast(x, floatType(x.dtype));
    const largest = p.stopGradient(reduceOver('logsumexp', y, { axis: options.axis, keepdims: true }, reduceMax));
    // An infinite maximum would make the difference NaN.
    const finite = p.select(p.lt(p.abs(largest), like(largest, Infinity)), largest, like(largest, 0));
    const terms = p.exp(p.sub(y, spreadTo(finite, y.shape)));
    const total = p.add(
      p.log(reduceOver('logsumexp', terms, { axis: options.axis, keepdims: true }, reduceSum)),
      finite,
    );
    const axes = axesOf('logsumexp', options.axis, y.shape.length);
    return options.keepdims ? total : reshape(total, { shape: y.shape.filter((_, d) => !axes.includes(d)) });
  },
  ['tensor'],
  reduceOptions,
);
