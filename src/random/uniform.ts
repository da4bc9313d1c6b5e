import { floatx } from '../base/config.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { shapeArgument } from '../ops/axes.ts';
import { op } from '../ops/op.ts';
import { like } from '../ops/operands.ts';
import {
  add,
  bitAnd,
  bitcast,
  bitOr,
  convert,
  max,
  mul,
  shiftLeft,
  shiftRightLogical,
  sub,
} from '../primitives/elementwise.ts';
import { randomBits } from '../primitives/generators.ts';
import { drawKey, type Seed } from './seed-generator.ts';

/** Options of all that draws numbers. */
export interface DrawOptions {
  /** Element type of the result; `config.floatx()` when absent. */
  readonly dtype?: string | null | undefined;
  /** An integer gives the same numbers each time, a `SeedGenerator` new ones, nothing takes the global generator. */
  readonly seed?: Seed;
}
export const drawOptions: OptionNames<DrawOptions> = { dtype: true, seed: true };
export const drawDType = (who: string, dtype: string | null | undefined): DType =>
  dtype === undefined || dtype === null ? floatx() : asDType(dtype, who);

/** How many of the random bits the significand takes, and the exponent bits of [1, 2), as 16-bit floats have them. */
const narrow = {
  float16: { mask: 0xffff, drop: 6, one: 0x3c00, lift: 13, bias: (127 - 15) << 23 },
  bfloat16: { mask: 0xff, drop: 1, one: 0x3f80, lift: 16, bias: 0 },
} as const;

/** Numbers in [0, 1): random bits as the significand of a float in [1, 2), minus 1. */
export function unit(key: Tensor, shape: Shape, dtype: DType = 'float32'): Tensor {
  const bits = randomBits(key, { shape });
  let word: Tensor;
  if (dtype === 'float16' || dtype === 'bfloat16') {
    const { mask, drop, one, lift, bias } = narrow[dtype];
    const short = bitOr(shiftRightLogical(bitAnd(bits, like(bits, mask)), like(bits, drop)), like(bits, one));
    word = add(shiftLeft(short, like(bits, lift)), like(bits, bias));
  } else word = bitOr(shiftRightLogical(bits, like(bits, 9)), like(bits, 0x3f800000));
  const x = bitcast(word, { dtype: 'float32' });
  return sub(x, like(x, 1));
}

/** The 12 leading bits of a float32. */
function head(x: number): number {
  const word = new Float32Array([x]);
  const bits = new Uint32Array(word.buffer);
  bits[0] = bits[0] & 0xfffff000;
  return word[0];
}
const isPowerOfTwo = (x: number): boolean => x !== 0 && Number.isInteger(Math.log2(Math.abs(x)));

/** a + b and what rounding it lost (Knuth's two-sum). */
function twoSum(a: Tensor, b: Tensor): [sum: Tensor, rest: Tensor] {
  const sum = add(a, b);
  const shift = sub(sum, a);
  return [sum, add(sub(a, sub(sum, shift)), sub(b, shift))];
}

/**
 * `u · span + low`, rounded once, for u in [0, 1) with 23 bits. Both factors are split in halves whose products are exact,
 * so the result does not depend on whether a device fuses multiplication and addition.
 */
export function affine(u: Tensor, span: number, low: number): Tensor {
  if (low === 0) return mul(u, like(u, span));
  if (isPowerOfTwo(span)) return add(mul(u, like(u, span)), like(u, low));
  const bits = bitcast(u, { dtype: 'uint32' });
  const high = bitcast(bitAnd(bits, like(bits, 0xfffff000)), { dtype: 'float32' });
  const rest = sub(u, high);
  const [large, small] = [head(span), Math.fround(span - head(span))];
  const [first, lost] = twoSum(like(u, low), mul(high, like(u, large)));
  const [second, lost2] = twoSum(first, mul(high, like(u, small)));
  const [third, lost3] = twoSum(second, mul(rest, like(u, large)));
  return add(third, add(add(lost, lost2), add(lost3, mul(rest, like(u, small)))));
}

/** Numbers in [low, high), from a key, in float32. */
export function uniformFrom(key: Tensor, shape: Shape, low: number, high: number, dtype: DType = 'float32'): Tensor {
  const [from, to] = [Math.fround(low), Math.fround(high)];
  const u = unit(key, shape, dtype);
  const x = affine(u, Math.fround(to - from), from);
  return from === 0 ? x : max(like(x, from), x);
}

const draw = op('uniform', (key: Tensor, shape: Shape, low: number, high: number, dtype: DType) => {
  const x = uniformFrom(key, shape, low, high, dtype);
  return dtype === 'float32' ? x : convert(x, { dtype });
});

/** Options of `random.uniform`. */
export interface UniformOptions extends DrawOptions {
  /** Lower end of the range; 0 by default. */
  readonly minval?: number | undefined;
  /** Upper end of the range, which is not drawn; 1 by default. */
  readonly maxval?: number | undefined;
}
const uniformOptions: OptionNames<UniformOptions> = { minval: true, maxval: true, dtype: true, seed: true };
/**
 * Numbers evenly distributed over [minval, maxval).
 * @example uniform([2, 3], { minval: -1, maxval: 1, seed: 42 }).shape // [2, 3]
 */
export const uniform = exact('random.uniform', 2, function uniform(shape: Shape, options: UniformOptions = {}): Tensor {
  const { minval = 0, maxval = 1, dtype, seed } = optionsOf('random.uniform', uniformOptions, options);
  const type = drawDType('random.uniform', dtype);
  if (type.includes('int') || type === 'bool')
    fail('random.uniform', `it draws floats, not ${type}`, 'use random.randint for integers');
  return draw(drawKey('random.uniform', seed), shapeArgument('random.uniform', shape), minval, maxval, type);
});
