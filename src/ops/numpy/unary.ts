import { isInexact } from '../../base/dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { type OpName, op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

type Strict = (x: Tensor) => Tensor;
/** An op on floats; integers become floats first. */
const float = (name: string, f: Strict) => op(name, (x: Tensor) => f(cast(x, floatType(x.dtype))));
const plain = (name: OpName, f: Strict) => op(name, f);
const scaled = (x: Tensor, factor: number): Tensor => p.mul(x, like(x, factor));

/** Base-e exponential. @example exp([0, 1]) // [1, 2.7183] */
export const exp = float('exp', p.exp);
/** 2 to the power x. @example exp2([0, 3]) // [1, 8] */
export const exp2 = float('exp2', (x) => p.pow(like(x, 2), x));
/** `exp(x) - 1`, exact near 0. @example expm1([0, 1]) // [0, 1.7183] */
export const expm1 = float('expm1', p.expm1);
/** Natural logarithm. @example log([1, Math.E]) // [0, 1] */
export const log = float('log', p.log);
/** `log(1 + x)`, exact near 0. @example log1p([0]) // [0] */
export const log1p = float('log1p', p.log1p);
/** Logarithm to base 2. @example log2([8]) // [3] */
export const log2 = float('log2', (x) => p.div(p.log(x), like(x, Math.LN2)));
/** Logarithm to base 10. @example log10([1000]) // [3] */
export const log10 = float('log10', (x) => p.div(p.log(x), like(x, Math.LN10)));
/** Square root. @example sqrt([4, 9]) // [2, 3] */
export const sqrt = float('sqrt', p.sqrt);
/** `1 / sqrt(x)`. @example rsqrt([4]) // [0.5] */
export const rsqrt = float('rsqrt', p.rsqrt);
/** Cube root. @example cbrt([8, -27]) // [2, -3] */
export const cbrt = float('cbrt', (x) => {
  const isZero = p.eq(x, like(x, 0));
  const size = p.abs(p.select(isZero, like(x, 1), x));
  const first = p.exp(p.div(p.log(size), like(x, 3)));
  // One Newton step removes the error that exp and log leave.
  const root = p.sub(first, p.div(p.sub(first, p.div(size, p.mul(first, first))), like(x, 3)));
  const infinite = p.eq(size, like(x, Infinity));
  return p.select(isZero, x, p.mul(p.sign(x), p.select(infinite, size, root)));
});

/** Sine. @example sin([0]) // [0] */
export const sin = float('sin', p.sin);
/** Cosine. @example cos([0]) // [1] */
export const cos = float('cos', p.cos);
/** Tangent. @example tan([0]) // [0] */
export const tan = float('tan', p.tan);
/** Angle whose sine is x. @example arcsin([1]) // [1.5708] */
export const arcsin = float('arcsin', p.asin);
/** Angle whose cosine is x. @example arccos([1]) // [0] */
export const arccos = float('arccos', p.acos);
/** Angle whose tangent is x. @example arctan([1]) // [0.7854] */
export const arctan = float('arctan', p.atan);
/** Hyperbolic sine. @example sinh([0]) // [0] */
export const sinh = float('sinh', p.sinh);
/** Hyperbolic cosine. @example cosh([0]) // [1] */
export const cosh = float('cosh', p.cosh);
/** Hyperbolic tangent. @example tanh([0, 1]) // [0, 0.7616] */
export const tanh = float('tanh', p.tanh);
/** Inverse of `sinh`. @example arcsinh([0]) // [0] */
export const arcsinh = float('arcsinh', p.asinh);
/** Inverse of `cosh`. @example arccosh([1]) // [0] */
export const arccosh = float('arccosh', p.acosh);
/** Inverse of `tanh`. @example arctanh([0]) // [0] */
export const arctanh = float('arctanh', p.atanh);
/** Degrees as radians. @example deg2rad([180]) // [3.1416] */
export const deg2rad = float('deg2rad', (x) => scaled(x, Math.PI / 180));
/** Radians as degrees. @example rad2deg([Math.PI]) // [180] */
export const rad2deg = float('rad2deg', (x) => scaled(x, 180 / Math.PI));
/** `sin(πx) / (πx)`, 1 at 0. @example sinc([0, 1]) // [1, 0] */
export const sinc = float('sinc', (x) => {
  const isZero = p.eq(x, like(x, 0));
  const angle = scaled(p.select(isZero, like(x, 1), x), Math.PI);
  return p.select(isZero, like(x, 1), p.div(p.sin(angle), angle));
});
/** Largest integer not above x. @example floor([1.5, -1.5]) // [1, -2] */
export const floor = float('floor', p.floor);
/** Smallest integer not below x. @example ceil([1.5, -1.5]) // [2, -1] */
export const ceil = float('ceil', p.ceil);
/** Absolute value as a float. @example fabs([-1]) // [1] */
export const fabs = float('fabs', p.abs);
/** `1 / x`. @example reciprocal([4]) // [0.25] */
export const reciprocal = float('reciprocal', (x) => p.div(like(x, 1), x));

const absolutely: Strict = (x) => (x.dtype === 'bool' || x.dtype.startsWith('uint') ? x : p.abs(x));
/** Absolute value. @example abs([-1, 2]) // [1, 2] */
export const abs = plain(['abs', 'Absolute'], absolutely);
/** Absolute value; another name of `abs`. @example absolute([-1, 2]) // [1, 2] */
export const absolute = plain('absolute', absolutely);
/** The element with the opposite sign. @example negative([1, -2]) // [-1, 2] */
export const negative = plain('negative', (x) => p.neg(x.dtype === 'bool' ? cast(x, 'int32') : x));
/** -1, 0 or 1; NaN stays NaN. @example sign([-3, 0, 2]) // [-1, 0, 1] */
export const sign = plain('sign', (x) => (x.dtype === 'bool' ? cast(x, 'int32') : p.sign(x)));
/** The element times itself. @example square([1, -2]) // [1, 4] */
export const square = plain('square', (x) => {
  const y = x.dtype === 'bool' ? cast(x, 'int32') : x;
  return p.mul(y, y);
});
/** Rounds towards 0. @example trunc([1.5, -1.5]) // [1, -1] */
export const trunc = plain('trunc', (x) => (isInexact(x.dtype) ? p.trunc(x) : x));
/** Whether the sign bit is set: true for -0 too. @example signbit([-1, 0]) // [true, false] */
export const signbit = plain('signbit', (x) => {
  if (!isInexact(x.dtype)) return x.dtype === 'bool' ? cast(like(x, 0), 'bool') : p.lt(x, like(x, 0));
  const bits = p.bitcast(cast(x, 'float32'), { dtype: 'int32' });
  return p.lt(bits, like(bits, 0));
});

/** Rounds to `decimals` places, halves to even. @example round([1.5, 2.5, 1.234], { decimals: 0 }) // [2, 2, 1] */
export const round = op(
  'round',
  (
    x: Tensor,
    {
      decimals = 0,
    }: {
      /** Number of decimals, negative for tens and more; 0 by default. */
      decimals?: number;
    } = {},
  ): Tensor => {
    if (!isInexact(x.dtype)) {
      if (decimals >= 0) return x.dtype === 'bool' ? cast(x, 'int32') : x;
      const factor = 10 ** -decimals;
      return cast(scaled(p.round(scaled(cast(x, 'float32'), 1 / factor)), factor), x.dtype);
    }
    if (decimals === 0) return p.round(x);
    const factor = like(x, 10 ** decimals);
    return p.div(p.round(p.mul(x, factor)), factor);
  },
  ['tensor'],
  { decimals: true },
);
