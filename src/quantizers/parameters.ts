import type { DType } from '../base/dtype.ts';
import * as ops from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

interface ParameterOptions {
  /** Bits of the integers. */
  readonly bits: number;
  /** Whether the range is symmetric about zero. */
  readonly symmetric?: boolean;
  /** Whether each row has its own scale. */
  readonly perChannel?: boolean;
  /** How many columns of a row share a scale; -1 for all. */
  readonly groupSize?: number;
  /** The dtype of the scales; that of the matrix by default. */
  readonly computeDtype?: DType;
  /** Added to the range of values to avoid scales of 0; 0 by default. */
  readonly epsilon?: number;
  /** Whether zero points are int8 rather than uint8. */
  readonly signed?: boolean;
}
interface Parameters {
  readonly scale: Tensor;
  readonly zero: Tensor;
  /** The largest integer; the smallest is 0. */
  readonly greatest: number;
}

/** Scales and zero points for quantizing a matrix `(outputs, inputs)`, both of shape `(outputs, groups)`. */
export function quantizationParameters(x: Tensor, options: ParameterOptions): Parameters {
  const { bits, symmetric = false, perChannel = false, groupSize = -1, epsilon = 0, signed = false } = options;
  const [outputs, inputs] = x.shape;
  const groups = perChannel && groupSize > 0 ? Math.ceil(inputs / groupSize) : 1;
  const shaped =
    groups > 1
      ? ops.reshape(ops.pad(x, [[0, 0], [0, groups * groupSize - inputs]]), [outputs, groups, groupSize]) // biome-ignore format: pairs
      : ops.reshape(x, [perChannel ? outputs : 1, 1, -1]);
  let [least, most] = [ops.min(shaped, { axis: 2 }), ops.max(shaped, { axis: 2 })];
  if (symmetric) {
    most = ops.maximum(ops.abs(least), most);
    least = ops.where(ops.less(least, 0), ops.negative(most), least);
  }
  const isFlat = ops.equal(least, most);
  [least, most] = [ops.where(isFlat, ops.subtract(least, 1), least), ops.where(isFlat, ops.add(most, 1), most)];
  const greatest = 2 ** bits - 1;
  let range = ops.subtract(most, least);
  if (epsilon > 0) range = ops.add(range, epsilon);
  let scale = ops.divide(range, ops.cast(greatest, options.computeDtype ?? 'float32'));
  scale = ops.where(ops.lessEqual(scale, 0), 1e-8, scale);
  const [low, high] = [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
  const middle = (greatest + 1) / 2;
  let zero = symmetric ? ops.fullLike(scale, middle) : ops.round(ops.divide(ops.negative(least), scale));
  if (signed) zero = ops.clip(ops.add(zero, low), low, high);
  if (!perChannel) [scale, zero] = [ops.tile(scale, [outputs, 1]), ops.tile(zero, [outputs, 1])];
  return { scale, zero: ops.cast(zero, signed ? 'int8' : 'uint8'), greatest };
}

/** `clip(round(x / scale + zero), 0, greatest)`. */
export function quantizeWithZeroPoint(x: Tensor, scale: Tensor, zero: Tensor, greatest: number): Tensor {
  const safe = ops.where(ops.equal(scale, 0), 1e-8, scale);
  return ops.clip(ops.round(ops.add(ops.divide(x, safe), ops.cast(zero, scale.dtype))), 0, greatest);
}
/** `scale · (x - zero)`. */
export const dequantizeWithZeroPoint = (x: Tensor, scale: Tensor, zero: Tensor): Tensor =>
  ops.multiply(scale, ops.subtract(x, ops.cast(zero, scale.dtype)));

type Held = Tensor | Variable;
/** Selects, for each input, the parameters of its group. */
const spread = (x: Held, groups: Held, axis: number): Tensor => ops.take(x, ops.cast(groups, 'int32'), { axis });

/** The same for a matrix whose inputs belong to groups given by number in `groups`. */
export const quantizeByGroups = (x: Tensor, scale: Tensor, zero: Tensor, groups: Tensor, greatest: number): Tensor =>
  quantizeWithZeroPoint(x, spread(scale, groups, -1), spread(zero, groups, -1), greatest);
/** `(x - zero) · scale`, with the parameters of each input's group along `axis`. */
export function dequantizeByGroups(x: Held, scale: Held, zero: Held, groups: Held, axis = -1): Tensor {
  const factors = spread(scale, groups, axis);
  return ops.multiply(ops.subtract(x, ops.cast(spread(zero, groups, axis), factors.dtype)), factors);
}
