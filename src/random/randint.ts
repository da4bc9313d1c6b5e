import { asDType, type DType, dtypeInfo, isInteger } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { shapeArgument } from '../ops/axes.ts';
import { op } from '../ops/op.ts';
import { like } from '../ops/operands.ts';
import { add, bitcast, convert, mul, rem } from '../primitives/elementwise.ts';
import { randomBits } from '../primitives/generators.ts';
import { splitKeys } from './key-sequence.ts';
import { drawKey } from './seed-generator.ts';
import { type DrawOptions, drawOptions } from './uniform.ts';

/** Integers in [low, low + span) as 32-bit words: two draws, so that every remainder is almost equally likely. */
function integers(key: Tensor, shape: Shape, low: number, span: number): Tensor {
  const [k1, k2] = splitKeys(key, 2);
  const [high, rest] = [randomBits(k1, { shape }), randomBits(k2, { shape })];
  const word = (value: number): Tensor => like(high, value);
  const power = 2 ** 16 % span;
  // The reference wraps this product to 32 bits.
  const multiplier = (Math.imul(power, power) >>> 0) % span;
  const offset = rem(add(mul(rem(high, word(span)), word(multiplier)), rem(rest, word(span))), word(span));
  return add(offset, word(low >>> 0));
}

const draw = op('randint', (key: Tensor, shape: Shape, low: number, span: number, dtype: DType) => {
  const words = integers(key, shape, low, span);
  return dtype === 'uint32' ? words : convert(bitcast(words, { dtype: 'int32' }), { dtype });
});

/**
 * Integers evenly distributed over [minval, maxval).
 * @example randint([2, 3], 0, 10, { seed: 42 }).dtype // "int32"
 */
export const randint = exact(
  'random.randint',
  4,
  function randint(shape: Shape, minval: number, maxval: number, options: DrawOptions = {}): Tensor {
    const { dtype, seed } = optionsOf('random.randint', drawOptions, options);
    const who = 'random.randint';
    const type = asDType(dtype ?? 'int32', who);
    if (!isInteger(type)) fail(who, `it draws integers, not ${type}`, 'give an integer dtype, or use random.uniform');
    const [least, most] = dtypeInfo[type].range!;
    // The bound itself may lie one beyond the largest value.
    const low = Math.min(Math.max(Math.trunc(minval), least), most);
    const high = Math.min(Math.max(Math.trunc(maxval), least), most + 1);
    const span = high > low ? high - low : 1;
    return draw(drawKey(who, seed), shapeArgument(who, shape), low, span, type);
  },
);
