import { epsilon as defaultEpsilon } from '../base/config.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import * as ops from '../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../tensor/index.ts';
import { quantizationParameters } from './parameters.ts';

/** Options of `absMaxQuantize`. */
export interface AbsMaxQuantizeOptions {
  /** The range of the integers; `[-127, 127]` by default. */
  readonly valueRange?: readonly [low: number, high: number] | undefined;
  /** Dtype of the integers; `'int8'` by default. */
  readonly dtype?: string | undefined;
  /** Added to the largest magnitude to avoid infinite scales for zeros; `keras.config.epsilon()` by default. */
  readonly epsilon?: number | undefined;
  /** In Keras, computes with NumPy; here the results are the same either way. */
  readonly toNumpy?: boolean | undefined;
}
const names: OptionNames<AbsMaxQuantizeOptions> = { valueRange: true, dtype: true, epsilon: true, toNumpy: true };

/**
 * Quantizes floats to integers: `round(x · scale)`, where `scale` maps the largest magnitude along `axis` to the end of
 * the range. `x ≈ quantized / scale`.
 * @returns the integers, in the shape of `inputs`, and the scale, which has size 1 along `axis`.
 * @example (await keras.quantizers.absMaxQuantize([[0.5, -1, 2]], -1)[0].array()) // [[32, -64, 127]]
 */
export const absMaxQuantize = exact(
  'quantizers.absMaxQuantize',
  3,
  (
    inputs: Like,
    axis: number | readonly number[] | null,
    options: AbsMaxQuantizeOptions = {},
  ): [quantized: Tensor, scale: Tensor] => {
    const {
      valueRange: [low, high] = [-127, 127],
      dtype = 'int8',
      epsilon = defaultEpsilon(),
    } = optionsOf('absMaxQuantize', names, options);
    const x = asTensor(inputs);
    const largest = ops.max(ops.abs(x), { axis, keepdims: true });
    const scale = ops.cast(ops.divide(high, ops.add(largest, epsilon)), x.dtype);
    const whole = ops.clip(ops.round(ops.multiply(x, scale)), low, high);
    return [ops.cast(whole, asDType(dtype, 'absMaxQuantize')), scale];
  },
);

/**
 * The same for a matrix `(inputs, outputs)` with a scale and zero point per column for each `blockSize` rows: `x ≈
 * (quantized - zero) · scale`.
 * @returns the integers, in the shape of `inputs`; scales and zero points, both of shape `(groups, outputs)`.
 * @example keras.quantizers.absMaxQuantizeGroupedWithZeroPoint(keras.ops.ones([6, 2]), 4)[1].shape // [2, 2]
 */
export const absMaxQuantizeGroupedWithZeroPoint = exact(
  'quantizers.absMaxQuantizeGroupedWithZeroPoint',
  3,
  (
    inputs: Like,
    blockSize: number,
    options: AbsMaxQuantizeOptions = {},
  ): [quantized: Tensor, scale: Tensor, zeroPoint: Tensor] => {
    const who = 'absMaxQuantizeGroupedWithZeroPoint';
    const {
      valueRange: [low, high] = [-8, 7],
      dtype = 'int8',
      epsilon = defaultEpsilon(),
      toNumpy = false,
    } = optionsOf(who, names, options);
    const x = asTensor(inputs);
    if (x.shape.length !== 2) fail(who, `its inputs have shape ${showShape(x.shape)}`, 'give a matrix');
    if (!Number.isInteger(blockSize) || blockSize < 1)
      fail(who, `blockSize is ${blockSize}`, 'give a whole number >= 1');
    const [rows, columns] = x.shape;
    const groups = Math.ceil(rows / blockSize);
    const padded = ops.reshape(ops.pad(x, [[0, groups * blockSize - rows], [0, 0]]), [groups, blockSize, columns]); // biome-ignore format: pairs
    const [scale, zero] = toNumpy
      ? plainParameters(padded, low, high, epsilon)
      : parametersOf(x, blockSize, low, high, epsilon);
    const [s, z] = [scale, zero].map((each) => ops.expandDims(each, 1));
    const whole = ops.clip(ops.add(ops.round(ops.divide(padded, s)), ops.cast(z, x.dtype)), low, high);
    const all = ops.reshape(ops.cast(whole, asDType(dtype, who)), [groups * blockSize, columns]);
    return [ops.slice(all, [0, 0], [rows, columns]), scale, zero];
  },
);

/** Scales and zero points of groups, as Keras computes them with NumPy for layers. */
function plainParameters(x: Tensor, low: number, high: number, epsilon: number): [scale: Tensor, zero: Tensor] {
  const [least, greatest] = [ops.min(x, { axis: 1 }), ops.max(x, { axis: 1 })];
  const scale = ops.divide(ops.add(ops.subtract(greatest, least), epsilon), high - low);
  const zero = ops.clip(ops.add(ops.round(ops.divide(ops.negative(least), scale)), low), low, high);
  return [ops.cast(scale, x.dtype), ops.cast(zero, 'int8')];
}
/** The same as Keras computes them with its ops. */
function parametersOf(
  x: Tensor,
  groupSize: number,
  low: number,
  high: number,
  epsilon: number,
): [scale: Tensor, zero: Tensor] {
  const { scale, zero } = quantizationParameters(ops.transpose(x), {
    bits: Math.floor(Math.log2(high - low + 1)),
    perChannel: true,
    groupSize,
    computeDtype: x.dtype as DType,
    epsilon,
    signed: true,
  });
  return [ops.transpose(scale), ops.transpose(zero)];
}
