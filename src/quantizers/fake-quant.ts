import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import * as ops from '../ops/index.ts';
import type { Like, Tensor } from '../tensor/index.ts';
import { asTensor } from '../tensor/index.ts';

/** Options of `fakeQuantWithMinMaxVars`. */
export interface FakeQuantOptions {
  /** Bits of the integers; 8 by default. */
  readonly numBits?: number | undefined;
  /** Whether the integers start at 1, which makes their range symmetric. */
  readonly narrowRange?: boolean | undefined;
  /** The axis with separate bounds per element; null for one pair of bounds. */
  readonly axis?: number | null | undefined;
}
const names: OptionNames<FakeQuantOptions> = { numBits: true, narrowRange: true, axis: true };

/**
 * Simulates storing numbers in `numBits` bits between two bounds: they are rounded to evenly spaced steps, one of which
 * is zero. Gradients pass for numbers within the bounds; the others' go to the bound that was exceeded.
 * @example (await keras.quantizers.fakeQuantWithMinMaxVars([-2, 0.1, 0.6, 9], -1, 1, { numBits: 3 }).array())
 * @see https://www.tensorflow.org/api_docs/python/tf/quantization/fake_quant_with_min_max_vars
 */
export const fakeQuantWithMinMaxVars = exact(
  'quantizers.fakeQuantWithMinMaxVars',
  4,
  (inputs: Like, minVals: Like, maxVals: Like, options: FakeQuantOptions = {}): Tensor => {
    const who = 'fakeQuantWithMinMaxVars';
    const { numBits = 8, narrowRange = false, axis = null } = optionsOf(who, names, options);
    if (!Number.isInteger(numBits) || numBits < 2 || numBits > 16)
      fail(who, `numBits is ${numBits}`, 'give a whole number from 2 to 16');
    const given = asTensor(inputs);
    const rank = given.shape.length;
    const along = axis === null ? null : axis < 0 ? axis + rank : axis;
    if (along !== null && !(along >= 0 && along < rank))
      fail(who, `axis is ${axis} of inputs of shape ${showShape(given.shape)}`, 'give one of its axes');
    /** Reshapes bounds to broadcast along the axis. */
    const placed = (bound: Tensor): Tensor =>
      ops.reshape(ops.cast(bound, 'float32'), along === null ? [] : given.shape.map((_, d) => (d === along ? -1 : 1)));
    const [least, greatest] = [narrowRange ? 1 : 0, 2 ** numBits - 1];
    const compute = ops.customGradient((x: Tensor, low: Tensor, high: Tensor) => {
      const range = ops.subtract(placed(high), placed(low));
      const scale = ops.divide(range, greatest - least);
      const inverse = ops.divide(greatest - least, range);
      const zero = ops.round(ops.clip(ops.subtract(least, ops.divide(placed(low), scale)), least, greatest));
      const [nudgedLow, nudgedHigh] = [least, greatest].map((end) => ops.multiply(ops.subtract(end, zero), scale));
      const origin = ops.floor(ops.add(ops.multiply(ops.negative(nudgedLow), inverse), 0.5));
      const shifted = ops.subtract(ops.clip(ops.cast(x, 'float32'), nudgedLow, nudgedHigh), nudgedLow);
      const steps = ops.floor(ops.add(ops.subtract(ops.multiply(shifted, inverse), origin), 0.5));
      const gradient = (upstream: Tensor): Tensor[] => {
        const others = given.shape.map((_, d) => d).filter((d) => d !== along);
        const gathered = (isPast: Tensor, bound: Tensor): Tensor =>
          ops.reshape(ops.sum(ops.where(isPast, upstream, 0), { axis: along === null ? null : others }), bound.shape);
        const isWithin = ops.logicalAnd(ops.greaterEqual(x, nudgedLow), ops.lessEqual(x, nudgedHigh));
        return [
          ops.where(isWithin, upstream, 0),
          gathered(ops.lessEqual(x, nudgedLow), low),
          gathered(ops.greaterEqual(x, nudgedHigh), high),
        ];
      };
      return [ops.cast(ops.multiply(steps, scale), x.dtype), gradient] as const;
    });
    return compute(given, minVals, maxVals) as Tensor;
  },
);
