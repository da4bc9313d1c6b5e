import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { axisOf } from '../ops/axes.ts';
import { argsort, takeAlongAxis } from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { randomBits } from '../primitives/generators.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { splitKeys } from './key-sequence.ts';
import { drawKey, type Seed } from './seed-generator.ts';

const mix = op(
  'shuffle',
  (x: Tensor, key: Tensor, axis: number): Tensor => {
    const d = axisOf('random.shuffle', axis, x.shape.length);
    // So many sorts by 32-bit keys that equal keys do not matter.
    const rounds = Math.ceil((3 * Math.log(Math.max(1, sizeOf(x.shape)))) / Math.log(2 ** 32 - 1));
    let [y, rest] = [x, key];
    for (let k = 0; k < rounds; k++) {
      const [next, own] = splitKeys(rest, 2) as [Tensor, Tensor];
      y = takeAlongAxis(y, argsort(randomBits(own, { shape: x.shape }), { axis: d }), { axis: d });
      rest = next;
    }
    return y;
  },
  ['tensor', 'tensor'],
);
/**
 * The elements in random order along an axis, each row in an order of its own.
 * @example shuffle([1, 2, 3], { seed: 1 }).shape // [3]
 */
export const shuffle = exact(
  'random.shuffle',
  2,
  (
    x: Like,
    options: {
      /** The axis whose entries change places; the first by default. */
      readonly axis?: number | undefined;
      /** An integer gives the same order each time, a `SeedGenerator` a new one, nothing takes the global generator. */
      readonly seed?: Seed;
    } = {},
  ): Tensor => {
    const { axis = 0, seed } = optionsOf('random.shuffle', { axis: true, seed: true }, options);
    return mix(asTensor(x), drawKey('random.shuffle', seed), axis);
  },
);
