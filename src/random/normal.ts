import { type DType, isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { shapeArgument } from '../ops/axes.ts';
import { op } from '../ops/op.ts';
import { like } from '../ops/operands.ts';
import { add, convert, log1p, lt, max, min, mul, neg, select, sqrt, sub } from '../primitives/elementwise.ts';
import { drawKey } from './seed-generator.ts';
import { type DrawOptions, drawDType, uniformFrom } from './uniform.ts';

// Giles's approximation of the inverse error function, highest power first.
const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const tail = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/**
 * The inverse error function on (-1, 1) as the reference draws normals with it: a polynomial of `-log(1 - u²)`. The same
 * on every device, where the scalar operation may differ in its last bits.
 */
function inverseErf(u: Tensor): Tensor {
  const w = neg(log1p(neg(mul(u, u))));
  const isCentral = lt(w, like(w, 5));
  const z = select(isCentral, sub(w, like(w, 2.5)), sub(sqrt(w), like(w, 3)));
  const coefficient = (k: number): Tensor => select(isCentral, like(z, central[k]), like(z, tail[k]));
  let p = coefficient(0);
  for (let k = 1; k < central.length; k++) p = add(mul(p, z), coefficient(k));
  return mul(p, u);
}

// Distance from 1 to the float before it: bounds lie one float inside of their limit.
const steps: Partial<Record<DType, number>> = { float16: 2 ** -11, bfloat16: 2 ** -8 };
const stepOf = (dtype: DType): number => steps[dtype] ?? 2 ** -24;
const root2 = Math.fround(Math.SQRT2);
/** 16-bit draws are rounded to their type at each step of the reference. */
const rounded = (x: Tensor, dtype: DType): Tensor =>
  dtype in steps ? convert(convert(x, { dtype }), { dtype: 'float32' }) : x;

function gaussian(key: Tensor, shape: Shape, low: number, high: number, dtype: DType): Tensor {
  const x = inverseErf(rounded(uniformFrom(key, shape, low, high, dtype), dtype));
  return mul(like(x, root2), rounded(x, dtype));
}
/** A standard normal number from each number in (-1, 1). */
export const normalOf = (u: Tensor): Tensor => mul(like(u, root2), inverseErf(u));

/** Standard normal numbers from a key, in float32. */
export const normalFrom = (key: Tensor, shape: Shape, dtype: DType = 'float32'): Tensor =>
  gaussian(key, shape, -1 + stepOf(dtype), 1, dtype);

// float32 of erf(√2): the part of a normal distribution within two standard deviations.
const within = 0.95449972;

/** Standard normal numbers cut at two standard deviations, from a key, in float32. */
function truncatedNormalFrom(key: Tensor, shape: Shape, dtype: DType): Tensor {
  const x = gaussian(key, shape, -within, within, dtype);
  const last = 2 - 2 * stepOf(dtype);
  return min(max(x, like(x, -last)), like(x, last));
}

/** Options of `random.normal` and `random.truncatedNormal`. */
export interface NormalOptions extends DrawOptions {
  /** Mean of the distribution; 0 by default. */
  readonly mean?: number | undefined;
  /** Standard deviation of the distribution; 1 by default. */
  readonly stddev?: number | undefined;
}
const normalOptions: OptionNames<NormalOptions> = { mean: true, stddev: true, dtype: true, seed: true };
const scaledDraw = (who: string, from: (key: Tensor, shape: Shape, dtype: DType) => Tensor) => {
  const draw = op(who, (key: Tensor, shape: Shape, mean: number, stddev: number, dtype: DType) => {
    const x = from(key, shape, dtype);
    const y = add(mul(x, like(x, stddev)), like(x, mean));
    return dtype === 'float32' ? y : convert(y, { dtype });
  });
  return exact(`random.${who}`, 2, (shape: Shape, options: NormalOptions = {}): Tensor => {
    const { mean = 0, stddev = 1, dtype, seed } = optionsOf(`random.${who}`, normalOptions, options);
    const type = drawDType(`random.${who}`, dtype);
    if (!isFloat(type)) fail(`random.${who}`, `it draws floats, not ${type}`, 'give a float dtype');
    return draw(drawKey(`random.${who}`, seed), shapeArgument(`random.${who}`, shape), mean, stddev, type);
  });
};

/**
 * Numbers with a normal distribution.
 * @example normal([2, 3], { mean: 1, stddev: 0.1, seed: 42 }).shape // [2, 3]
 */
export const normal = scaledDraw('normal', normalFrom);
/**
 * Numbers with a normal distribution of which what lies more than two standard deviations from the mean is left out.
 * @example truncatedNormal([2, 3], { stddev: 0.1, seed: 42 }).shape // [2, 3]
 */
export const truncatedNormal = scaledDraw('truncatedNormal', truncatedNormalFrom);
