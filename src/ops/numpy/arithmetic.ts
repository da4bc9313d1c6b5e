import { type DType, isFloat, isInexact } from '../../base/dtype.ts';
import { ComplexRefused } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { align, like, type Operand } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';

type Strict = (x: Tensor, y: Tensor) => Tensor;
const both = ['operand', 'operand'] as const;

/** A binary op for which plain numbers count as tensors, and so determine the dtype too. */
const strong = (name: string, f: Strict, dtype: (common: DType) => DType) =>
  op(name, (x1: Tensor, x2: Tensor) => f(...align(name, [x1, x2] as const, dtype)), ['tensor', 'tensor']);
/** A binary op on operands of a common dtype and shape; `bool` defines it for booleans. */
const binary = (name: string, f: Strict, dtype?: (common: DType) => DType) =>
  op(name, (x1: Operand, x2: Operand) => f(...align(name, [x1, x2] as const, dtype)), both);
const onTruth =
  (numbers: Strict, truth: Strict): Strict =>
  (x, y) =>
    (x.dtype === 'bool' ? truth : numbers)(x, y);
/** Booleans count as int32. */
const counted = (dtype: DType): DType => resultType(dtype, 'int');

/** Element-wise sum. @example add([1, 2], 3) // [4, 5] */
export const add = binary('add', onTruth(p.add, p.bitOr));
/** Element-wise difference. @example subtract([1, 2], 3) // [-2, -1] */
export const subtract = binary('subtract', p.sub, (dtype) => (dtype === 'bool' ? 'int32' : dtype));
/** Element-wise product. @example multiply([1, 2], 3) // [3, 6] */
export const multiply = binary('multiply', onTruth(p.mul, p.bitAnd));
/** Element-wise quotient, a float. @example divide([1, 2], 4) // [0.25, 0.5] */
export const divide = binary('divide', p.div, floatType);
/** Element-wise quotient, a float; another name of `divide`. @example trueDivide([1, 2], 4) // [0.25, 0.5] */
export const trueDivide = binary('trueDivide', p.div, floatType);
/** Element-wise quotient, 0 where the divisor is 0. @example divideNoNan([1, 2], [0, 4]) // [0, 0.5] */
export const divideNoNan = binary(
  'divideNoNan',
  (x, y) => {
    const isZero = p.eq(y, like(y, 0));
    return p.select(isZero, like(x, 0), p.div(x, p.select(isZero, like(y, 1), y)));
  },
  floatType,
);

/** The remainder moved to the divisor's sign. */
function floorMod(x: Tensor, y: Tensor): Tensor {
  const zero = like(x, 0);
  const rest = p.rem(x, y);
  const wrong = p.bitAnd(p.ne(rest, zero), p.ne(p.lt(rest, zero), p.lt(y, zero)));
  return p.select(wrong, p.add(rest, y), rest);
}
function floorDivide(x: Tensor, y: Tensor): Tensor {
  const zero = like(x, 0);
  const rest = p.rem(x, y);
  const wrong = p.bitAnd(p.ne(rest, zero), p.ne(p.lt(rest, zero), p.lt(y, zero)));
  if (!isFloat(x.dtype)) {
    const quotient = p.div(x, y);
    // A quotient by 0 is -1, and counts as too large if there is a remainder.
    const isHigh = x.dtype.startsWith('uint') ? wrong : p.select(p.eq(y, zero), p.ne(rest, zero), wrong);
    return p.select(isHigh, p.sub(quotient, like(x, 1)), quotient);
  }
  // x minus its remainder is a multiple of y: rounding the quotient makes it exact.
  const quotient = p.div(p.sub(x, rest), y);
  const whole = p.round(p.select(wrong, p.sub(quotient, like(x, 1)), quotient));
  return p.select(p.eq(y, zero), p.stopGradient(p.div(x, y)), whole);
}
// Integers have no NaN: the remainder of a division by 0 is 0.
const orOne = (y: Tensor): Tensor => p.select(p.eq(y, like(y, 0)), like(y, 1), y);
/** Element-wise quotient rounded down. @example floorDivide([7, -7], 2) // [3, -4] */
const floorDivideOp = binary('floorDivide', floorDivide, counted);
/** Element-wise remainder with the divisor's sign. @example mod([7, -7], 3) // [1, 2] */
export const mod = binary('mod', (x, y) => floorMod(x, isInexact(y.dtype) ? y : orOne(y)), counted);
/** Element-wise remainder with the dividend's sign. @example fmod([7, -7], 3) // [1, -1] */
export const fmod = binary('fmod', (x, y) => p.rem(x, isInexact(y.dtype) ? y : orOne(y)), counted);
/** `x1` raised to the power `x2`, element by element. @example power([2, 3], 2) // [4, 9] */
export const power = op(
  'power',
  (x1: Operand, x2: Operand) => {
    const [x, y] = align('power', [x1, x2] as const, counted);
    // Small whole powers are products: faster, and their gradients have no logarithm.
    if (x2 === 2) return p.mul(x, x);
    if (x2 === 3) return p.mul(x, p.mul(x, x));
    return p.pow(x, y);
  },
  ['operand', 'constant'],
);

/** The larger of two, element by element; NaN where either is NaN. @example maximum([1, 5], 3) // [3, 5] */
export const maximum = binary('maximum', p.max);
/** The smaller of two, element by element; NaN where either is NaN. @example minimum([1, 5], 3) // [1, 3] */
export const minimum = binary('minimum', p.min);
const isNan = (x: Tensor): Tensor => p.ne(x, x);
/** The larger of two, element by element; NaN only if both are. @example fmax([1, NaN], 3) // [3, 3] */
export const fmax = binary('fmax', (x, y) => p.select(p.bitOr(p.gt(x, y), isNan(y)), x, y));
/** The smaller of two, element by element; NaN only if both are. @example fmin([1, NaN], 3) // [1, 3] */
export const fmin = binary('fmin', (x, y) => p.select(p.bitOr(p.lt(x, y), isNan(y)), x, y));

/** Angle of the point (x2, x1) in (-π, π]. @example arctan2([1, 0], [0, -1]) // [1.5708, 3.1416] */
export const arctan2 = strong('arctan2', p.atan2, floatType);
/** `sqrt(x1² + x2²)`, without overflow on the way. @example hypot([3], [4]) // [5] */
export const hypot = binary(
  'hypot',
  (x, y) => {
    const [a, b] = [p.abs(x), p.abs(y)];
    const [large, small] = [p.max(a, b), p.min(a, b)];
    const isZero = p.eq(large, like(large, 0));
    const ratio = p.div(small, p.select(isZero, like(large, 1), large));
    const length = p.mul(large, p.sqrt(p.add(like(x, 1), p.mul(ratio, ratio))));
    const infinite = p.eq(large, like(large, Infinity));
    return p.select(isZero, like(x, 0), p.select(infinite, large, length));
  },
  floatType,
);
/** `log(exp(x1) + exp(x2))`, stable. @example logaddexp([0], [0]) // [0.6931] */
export const logaddexp = strong('logaddexp', logAddExp, floatType);
function logAddExp(x: Tensor, y: Tensor): Tensor {
  if (x.parts) throw new ComplexRefused('logaddexp');
  const difference = p.sub(x, y);
  const isFirst = p.ge(x, y);
  // Where both are equal, the slopes of the terms add up to a half for each.
  const gap = p.select(isFirst, p.neg(difference), difference);
  const sum = p.add(p.select(isFirst, x, y), p.log1p(p.exp(gap)));
  // Equal infinities have no difference.
  return p.select(isNan(difference), p.add(x, y), sum);
}
/** `log2(2^x1 + 2^x2)`, stable. @example logaddexp2([0], [0]) // [1] */
export const logaddexp2 = strong(
  'logaddexp2',
  (x, y) => {
    const ln2 = like(x, Math.LN2);
    return p.div(logAddExp(p.mul(x, ln2), p.mul(y, ln2)), ln2);
  },
  floatType,
);
/** The next float after `x1` towards `x2`. @example nextafter(1, 2) // 1.0000001 */
export const nextafter = binary('nextafter', p.nextAfter, floatType);
export { floorDivideOp as floorDivide };
