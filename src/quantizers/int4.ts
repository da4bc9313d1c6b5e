import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import * as ops from '../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../tensor/index.ts';

/** Options of `packInt4` and `unpackInt4`. */
export interface Int4Options {
  /** The axis along which pairs of numbers are packed; 0 by default. */
  readonly axis?: number | undefined;
  /** `'int8'` for numbers from -8 to 7, `'uint8'` for 0 to 15; `'int8'` by default. */
  readonly dtype?: 'int8' | 'uint8' | undefined;
}
const names: OptionNames<Int4Options> = { axis: true, dtype: true };

function checked(who: string, x: Like, options: Int4Options): { x: Tensor; axis: number; dtype: 'int8' | 'uint8' } {
  const { axis = 0, dtype = 'int8' } = optionsOf(who, names, options);
  if (dtype !== 'int8' && dtype !== 'uint8') fail(who, `dtype is "${String(dtype)}"`, 'give "int8" or "uint8"');
  const tensor = asTensor(x);
  const rank = tensor.shape.length;
  if (!Number.isInteger(axis) || axis >= rank || axis < -rank)
    fail(who, `axis is ${axis} of a tensor with ${rank} axes`, `give one from ${-rank} to ${rank - 1}`);
  return { x: tensor, axis: axis < 0 ? axis + rank : axis, dtype };
}

/**
 * Packs pairs of 4-bit numbers into bytes, the first of a pair in the low half.
 * @returns the bytes, their shape, and how many numbers there were along the axis.
 * @example (await keras.quantizers.packInt4(keras.tensor([1, -2, 3], { dtype: 'int8' }))[0].array()) // [-31, 3]
 */
export const packInt4 = exact(
  'quantizers.packInt4',
  2,
  (arr: Like, options: Int4Options = {}): [packed: Tensor, packedShape: Shape, origLen: number] => {
    const { x, axis, dtype } = checked('packInt4', arr, options);
    if (x.dtype !== dtype) fail('packInt4', `it was given ${x.dtype} for ${dtype}`, `ops.cast(x, '${dtype}') first`);
    const count = x.shape[axis];
    const half = Math.ceil(count / 2);
    const even = ops.pad(
      x,
      x.shape.map((_, d) => [0, d === axis ? 2 * half - count : 0] as const),
    );
    const pairs = ops.reshape(even, [...x.shape.slice(0, axis), half, 2, ...x.shape.slice(axis + 1)]);
    const part = (k: number): Tensor => ops.cast(ops.bitwiseAnd(ops.take(pairs, k, { axis: axis + 1 }), 15), 'int32');
    // Computed as int32, so that the high half does not overflow; the cast to 8 bits keeps the low ones.
    const both = ops.bitwiseOr(part(0), ops.leftShift(part(1), 4));
    const packed = ops.cast(dtype === 'int8' ? ops.subtract(ops.bitwiseXor(both, 128), 128) : both, dtype);
    return [packed, packed.shape, count];
  },
);

/**
 * Unpacks what `packInt4` packed.
 * @example (await keras.quantizers.unpackInt4(keras.tensor([-31, 3], { dtype: 'int8' }), 3).array()) // [1, -2, 3]
 */
export const unpackInt4 = exact(
  'quantizers.unpackInt4',
  3,
  (packed: Like, origLen: number, options: Int4Options = {}): Tensor => {
    const { x, axis, dtype } = checked('unpackInt4', packed, options);
    if (x.dtype !== 'int8' && x.dtype !== 'uint8')
      fail('unpackInt4', `it was given ${x.dtype}`, 'give the bytes that packInt4 made, int8 or uint8');
    const halves = [ops.bitwiseAnd(x, 15), ops.bitwiseAnd(ops.rightShift(x, 4), 15)];
    const numbers = halves.map((half) => (dtype === 'int8' ? ops.subtract(ops.bitwiseXor(half, 8), 8) : half));
    const pairs = ops.stack(
      numbers.map((n) => ops.cast(n, dtype)),
      { axis: axis + 1 },
    );
    const all = ops.reshape(
      pairs,
      x.shape.map((n, d) => (d === axis ? 2 * n : n)),
    );
    if (origLen === 2 * x.shape[axis]) return all;
    return ops.slice(all, x.shape.map(() => 0), x.shape.map((n, d) => (d === axis ? origLen : n))); // biome-ignore format: begin, size
  },
);
