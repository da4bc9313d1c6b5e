import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { axisOf } from '../axes.ts';
import { part } from '../numpy/shape.ts';
import { type OpName, op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

const float = (x: Tensor): Tensor => cast(x, floatType(x.dtype));
/** An op on floats; integers become floats first. */
const activation = (name: OpName, f: (x: Tensor) => Tensor) => op(name, (x: Tensor) => f(float(x)));
const shifted = (x: Tensor, by: number): Tensor => p.add(x, like(x, by));
const scaled = (x: Tensor, by: number): Tensor => p.mul(x, like(x, by));
const positive = (x: Tensor): Tensor => p.gt(x, like(x, 0));
/** `min(max(x, low), high)`, where the gradient at the bounds is that of the constants: 0. */
const between = (x: Tensor, low: number, high: number): Tensor => {
  const raised = p.select(p.gt(x, like(x, low)), x, like(x, low));
  return p.select(p.lt(raised, like(x, high)), raised, like(x, high));
};
/** Keeps NaN where a comparison would hide it. */
const kept = (x: Tensor, y: Tensor): Tensor => p.select(p.ne(x, x), x, y);

/** `max(x, 0)`; its slope at 0 is 0. @example relu([-1, 2]) // [0, 2] */
export const relu = op('relu', (x: Tensor) => (x.dtype === 'bool' || x.dtype.startsWith('uint') ? x : relued(x)));
const relued = (x: Tensor): Tensor => p.select(p.le(x, like(x, 0)), like(x, 0), x);
/** `min(max(x, 0), 6)`; its slope at 0 and 6 is 0. @example relu6([-1, 2, 8]) // [0, 2, 6] */
export const relu6 = activation('relu6', (x) => kept(x, between(x, 0, 6)));
/** `1 / (1 + exp(-x))`. @example sigmoid([0]) // [0.5] */
export const sigmoid = activation('sigmoid', p.logistic);
/** 0 below -1, 1 above 1, a straight line between. @example sparseSigmoid([-2, 0, 2]) // [0, 0.5, 1] */
export const sparseSigmoid = activation('sparseSigmoid', (x) =>
  scaled(p.min(p.max(shifted(x, 1), like(x, 0)), like(x, 2)), 0.5),
);
/** `log(1 + exp(x))`, stable. @example softplus([0]) // [0.6931] */
export const softplus = activation('softplus', softPlus);
function softPlus(x: Tensor): Tensor {
  // max(x, 0) + log1p(exp(-|x|)): at 0 the slopes of both are taken from the left, and give 1/2.
  const isPositive = positive(x);
  const size = p.select(isPositive, x, p.neg(x));
  return p.add(p.select(isPositive, x, like(x, 0)), p.log1p(p.exp(p.neg(size))));
}
/** `x / (1 + |x|)`. @example softsign([1]) // [0.5] */
export const softsign = activation('softsign', (x) => p.div(x, shifted(p.abs(x), 1)));
/** x moved towards 0 by `threshold`, 0 within it. @example softShrink([-1, 0.2, 1]) // [-0.5, 0, 0.5] */
export const softShrink = op(
  'softShrink',
  (
    x: Tensor,
    {
      threshold = 0.5,
    }: {
      /** How far inputs move towards 0; 0.5 by default. */
      readonly threshold?: number;
    } = {},
  ) => {
    const y = float(x);
    const below = p.select(p.lt(y, like(y, -threshold)), shifted(y, threshold), like(y, 0));
    return p.select(p.gt(y, like(y, threshold)), shifted(y, -threshold), below);
  },
  ['tensor'],
  { threshold: true },
);
/** 0 below -1, x above 1, `(x + 1)² / 4` between. @example sparsePlus([-2, 0, 2]) // [0, 0.25, 2] */
export const sparsePlus = activation('sparsePlus', (x) => {
  const middle = p.mul(shifted(x, 1), shifted(x, 1));
  return p.select(p.le(x, like(x, -1)), like(x, 0), p.select(p.lt(x, like(x, 1)), scaled(middle, 0.25), x));
});
const siluOf = (x: Tensor): Tensor => p.mul(x, p.logistic(x));
/** `x · sigmoid(x)`. @example silu([0, 1]) // [0, 0.7311] */
export const silu = activation('silu', siluOf);
/** `x · sigmoid(x)`; another name of `silu`. @example swish([0, 1]) // [0, 0.7311] */
export const swish = activation(['swish', 'Silu'], siluOf);
/** `(x + sqrt(x² + b)) / 2`. @example squareplus([0]) // [1] */
export const squareplus = op(
  'squareplus',
  (
    x: Tensor,
    {
      b = 4,
    }: {
      /** How smooth the bend is; 4 by default. */
      readonly b?: number;
    } = {},
  ) => {
    const y = float(x);
    return scaled(p.add(y, p.sqrt(shifted(float(p.mul(x, x)), b))), 0.5);
  },
  ['tensor'],
  { b: true },
);
/** `log(sigmoid(x))`, stable. @example logSigmoid([0]) // [-0.6931] */
export const logSigmoid = op('logSigmoid', (x: Tensor) => {
  if (x.dtype === 'bool') fail('logSigmoid', 'the tensor is bool', 'cast it to float32');
  return p.neg(softPlus(float(p.neg(x))));
});
/** x where it is not negative, else `negativeSlope · x`. @example leakyRelu([-1, 1]) // [-0.2, 1] */
export const leakyRelu = op(
  'leakyRelu',
  (
    x: Tensor,
    {
      negativeSlope = 0.2,
    }: {
      /** Slope below 0; 0.2 by default. */
      readonly negativeSlope?: number;
    } = {},
  ) => {
    const y = float(x);
    return p.select(p.ge(y, like(y, 0)), y, scaled(y, negativeSlope));
  },
  ['tensor'],
  { negativeSlope: true },
);
const hardSigmoidOf = (x: Tensor): Tensor => scaled(kept(x, between(shifted(x, 3), 0, 6)), 1 / 6);
/** `relu6(x + 3) / 6`. @example hardSigmoid([-4, 0, 4]) // [0, 0.5, 1] */
export const hardSigmoid = activation('hardSigmoid', hardSigmoidOf);
const hardSiluOf = (x: Tensor): Tensor => p.mul(x, hardSigmoidOf(x));
/** `x · hardSigmoid(x)`. @example hardSilu([-4, 0, 4]) // [0, 0, 4] */
export const hardSilu = activation('hardSilu', hardSiluOf);
/** `x · hardSigmoid(x)`; another name of `hardSilu`. @example hardSwish([-4, 0, 4]) // [0, 0, 4] */
export const hardSwish = activation(['hardSwish', 'HardSilu'], hardSiluOf);
/** `exp(x) - 1` times alpha for negative x; positive x are excluded because they may overflow. */
const elued = (x: Tensor, alpha: number): Tensor => {
  const isPositive = positive(x);
  return p.select(isPositive, x, scaled(p.expm1(p.select(isPositive, like(x, 0), x)), alpha));
};
/** x where it is positive, else `alpha · (exp(x) - 1)`. @example elu([-1, 1]) // [-0.6321, 1] */
export const elu = op(
  'elu',
  (
    x: Tensor,
    {
      alpha = 1,
    }: {
      /** Negative inputs approach `-alpha`; 1 by default. */
      readonly alpha?: number;
    } = {},
  ) => elued(float(x), alpha),
  ['tensor'],
  { alpha: true },
);
/** `1.0507 · elu(x, 1.6733)`: keeps mean and variance in deep networks. @example selu([1]) // [1.0507] */
export const selu = activation('selu', (x) => scaled(elued(x, 1.6732632423543772), 1.0507009873554805));
/** `x · Φ(x)`, Φ being the normal distribution; approximated with tanh unless told otherwise. @example gelu([1]) // [0.8412] */
export const gelu = op(
  'gelu',
  (
    x: Tensor,
    {
      approximate = true,
    }: {
      /** Whether to compute the tanh approximation; true by default. */
      readonly approximate?: boolean;
    } = {},
  ) => {
    const y = float(x);
    if (!approximate) return p.mul(scaled(y, 0.5), shifted(p.erf(scaled(y, Math.SQRT1_2)), 1));
    const cubic = p.add(y, scaled(p.mul(y, p.mul(y, y)), 0.044715));
    return p.mul(y, scaled(shifted(p.tanh(scaled(cubic, Math.sqrt(2 / Math.PI))), 1), 0.5));
  },
  ['tensor'],
  { approximate: true },
);
/** `max(x, 0) + min(0, alpha · (exp(x / alpha) - 1))`. @example celu([-1, 1]) // [-0.6321, 1] */
export const celu = op(
  'celu',
  (
    x: Tensor,
    {
      alpha = 1,
    }: {
      /** Negative inputs approach `-alpha`; 1 by default. */
      readonly alpha?: number;
    } = {},
  ) => {
    const y = float(x);
    const isPositive = positive(y);
    const negative = p.div(p.select(isPositive, like(y, 0), y), like(y, alpha));
    return p.select(isPositive, y, scaled(p.expm1(negative), alpha));
  },
  ['tensor'],
  { alpha: true },
);
/** `min(max(x, -1), 1)`; its slope at the bounds is 1. @example hardTanh([-2, 0.5, 2]) // [-1, 0.5, 1] */
export const hardTanh = op('hardTanh', (x: Tensor) => {
  const y = x.dtype === 'bool' ? cast(x, 'int32') : x;
  if (y.dtype.startsWith('uint')) return p.min(y, like(y, 1));
  const low = p.select(p.lt(y, like(y, -1)), like(y, -1), y);
  return p.select(p.gt(low, like(y, 1)), like(y, 1), low);
});
/** x where |x| exceeds `threshold`, else 0. @example hardShrink([-1, 0.2, 1]) // [-1, 0, 1] */
export const hardShrink = op(
  'hardShrink',
  (
    x: Tensor,
    {
      threshold = 0.5,
    }: {
      /** Inputs from `-threshold` to `threshold` become 0; 0.5 by default. */
      readonly threshold?: number;
    } = {},
  ) => {
    const y = float(x);
    return p.select(p.gt(p.abs(y), like(y, threshold)), y, like(y, 0));
  },
  ['tensor'],
  { threshold: true },
);
/** `x - tanh(x)`. @example tanhShrink([0]) // [0] */
export const tanhShrink = activation('tanhShrink', (x) => p.sub(x, p.tanh(x)));
/** `x · tanh(softplus(x))`. @example mish([1]) // [0.8651] */
export const mish = activation('mish', (x) => {
  // tanh(log(1 + e)) is n / (n + 2) with n = e (e + 2): one exponential; far enough to the right it is 1.
  const e = p.exp(p.min(x, like(x, x.dtype === 'float16' ? 5.5 : 20)));
  const n = p.mul(e, shifted(e, 2));
  return p.mul(x, p.div(n, shifted(n, 2)));
});
/** x where it exceeds `threshold`, else `defaultValue`. @example threshold([0.2, 0.8], 0.5, 0) // [0, 0.8] */
export const threshold = op('threshold', (x: Tensor, limit: number, defaultValue: number) => {
  for (const [what, value] of Object.entries({ threshold: limit, defaultValue }))
    if (typeof value !== 'number')
      fail(
        'threshold',
        `${what} is ${String(value)}, which is no number`,
        'pass all: threshold(x, 0.5, 0); as an activation (x) => ops.threshold(x, 0.5, 0)',
      );
  const y = Number.isInteger(defaultValue) ? x : float(x);
  return p.select(p.gt(y, like(y, limit)), y, like(y, defaultValue));
});
/** The first half of an axis times the sigmoid of the second. @example glu([2, 0]) // [1] */
export const glu = op(
  'glu',
  (
    x: Tensor,
    {
      axis = -1,
    }: {
      /** The axis that is halved; the last by default. */
      readonly axis?: number;
    } = {},
  ) => {
    const y = float(x);
    const d = axisOf('glu', axis, y.shape.length);
    const size = y.shape[d];
    if (size % 2 !== 0)
      fail(
        'glu',
        `axis ${axis} of shape ${showShape(x.shape)} has odd size ${size}`,
        'give an even size, which can be halved',
      );
    return p.mul(part(y, d, 0, size / 2), p.logistic(part(y, d, size / 2, size)));
  },
  ['tensor'],
  { axis: true },
);
