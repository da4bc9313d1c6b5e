import { asDType, type DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import * as ops from '../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../tensor/index.ts';

/**
 * Parameters of 8-bit floats: bits of the fraction, exponent of the smallest normal number, number of doublings from
 * there, and the largest number.
 */
const formats = {
  float8_e4m3fn: { fraction: 3, least: -6, doublings: 14, largest: 448 },
  float8_e5m2: { fraction: 2, least: -14, doublings: 29, largest: 57344 },
} as const;
/** The dtypes of 8-bit floats. */
export type Float8 = keyof typeof formats;
/** The largest finite number of a dtype of 8-bit floats. */
export const largestFloat8 = (dtype: Float8): number => formats[dtype].largest;

/** Rounds to the nearest numbers of the dtype, halves to even, like a cast there and back. */
const rounded = (x: Tensor, dtype: Float8): Tensor => roundedTo(x, formats[dtype]);
/** Rounds to as many digits as bfloat16 has, also within a kernel, where casts there and back may keep more. For magnitudes below 2^40. */
export const roundedLikeBfloat16 = (x: Tensor): Tensor => roundedTo(x, { fraction: 7, least: -40, doublings: 80 });
function roundedTo(
  x: Tensor,
  { fraction, least, doublings }: Readonly<Record<'fraction' | 'least' | 'doublings', number>>,
): Tensor {
  let magnitude = ops.multiply(ops.abs(x), 2 ** -least);
  let step: Tensor = ops.fullLike(magnitude, 2 ** (least - fraction));
  // The exponent, bit by bit: powers of two are exact.
  for (let k = 2 ** Math.floor(Math.log2(doublings)); k >= 1; k /= 2) {
    const isAbove = ops.greaterEqual(magnitude, 2 ** k);
    magnitude = ops.where(isAbove, ops.multiply(magnitude, 2 ** -k), magnitude);
    step = ops.where(isAbove, ops.multiply(step, 2 ** k), step);
  }
  return ops.multiply(ops.round(ops.divide(x, step)), step);
}

/**
 * Simulates storing numbers as 8-bit floats: they are divided by `scale`, clipped to the dtype's range, rounded, and
 * multiplied by `scale`.
 * @example (await keras.quantizers.quantizeAndDequantize([0.3, 500], 1, 'float8_e4m3fn', 'float32').array()) // [0.3125, 448]
 */
export const quantizeAndDequantize = exact(
  'quantizers.quantizeAndDequantize',
  4,
  (inputs: Like, scale: Like, quantizedDtype: Float8, computeDtype: string): Tensor => {
    if (!Object.hasOwn(formats, quantizedDtype))
      fail(
        'quantizeAndDequantize',
        `"${quantizedDtype}" is no dtype of it`,
        `give ${Object.keys(formats).join(' or ')}`,
      );
    const dtype: DType = asDType(computeDtype, 'quantizeAndDequantize');
    const { largest } = formats[quantizedDtype];
    const factor = ops.cast(scale, dtype);
    const x = ops.clip(ops.divide(inputs, factor), -largest, largest);
    return ops.multiply(ops.cast(rounded(ops.cast(x, 'float32'), quantizedDtype), dtype), factor);
  },
);

/** Options of `computeFloat8Scale`. */
export interface Float8ScaleOptions {
  /** Powers of two to leave free above the largest value; 0 by default. */
  readonly margin?: number | undefined;
}
const names: OptionNames<Float8ScaleOptions> = { margin: true };
/**
 * The scale that maps the largest value seen to `dtypeMax`; the old one if nothing was seen.
 * @example (await keras.quantizers.computeFloat8Scale(224, 1, 448).item()) // 0.5
 */
export const computeFloat8Scale = exact(
  'quantizers.computeFloat8Scale',
  4,
  (amax: Like, scale: Like, dtypeMax: Like, options: Float8ScaleOptions = {}): Tensor => {
    const { margin = 0 } = optionsOf('computeFloat8Scale', names, options);
    const [largest, old] = [asTensor(amax, 'float32'), ops.reciprocal(asTensor(scale, 'float32'))];
    const wanted = ops.divide(ops.divide(dtypeMax, largest), 2 ** margin);
    const factor = ops.where(ops.logicalAnd(ops.greater(largest, 0), ops.isfinite(largest)), wanted, old);
    return ops.reciprocal(factor);
  },
);
/**
 * Advances the history of largest magnitudes: the oldest is dropped, that of `x` is put first.
 * @example (await keras.quantizers.computeFloat8AmaxHistory([-3, 2], [1, 5, 4]).array()) // [3, 4, 1]
 */
export const computeFloat8AmaxHistory = exact(
  'quantizers.computeFloat8AmaxHistory',
  2,
  (x: Like, amaxHistory: Like): Tensor => {
    const history = asTensor(amaxHistory, 'float32');
    const largest = ops.reshape(ops.cast(ops.max(ops.abs(x)), history.dtype), [1]);
    return ops.scatterUpdate(ops.roll(history, -1), [[0]], largest);
  },
);
