import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { op } from '../ops/op.ts';
import { like, spreadTo } from '../ops/operands.ts';
import { lt, mul, select } from '../primitives/elementwise.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { drawKey, type Seed } from './seed-generator.ts';
import { unit } from './uniform.ts';

const drop = op(
  'dropout',
  (inputs: Tensor, key: Tensor, rate: number, noiseShape: Shape) => {
    const keep = Math.fround(1 - rate);
    const chance = unit(key, noiseShape);
    const isKept = spreadTo(lt(chance, like(chance, keep)), inputs.shape);
    return select(isKept, mul(inputs, like(inputs, 1 / keep)), like(inputs, 0));
  },
  ['tensor', 'tensor'],
);
const zeros = op('dropoutAll', (inputs: Tensor) => mul(inputs, like(inputs, 0)));

/** Options of `random.dropout`. */
export interface DropoutOptions {
  /** Shape of the mask of dropped elements, which is broadcast over the inputs; null takes the inputs' own size. */
  readonly noiseShape?: readonly (number | null)[] | null | undefined;
  /** Seed: a number, or a SeedGenerator, which advances with each call. */
  readonly seed?: Seed;
}
const dropoutOptions: OptionNames<DropoutOptions> = { noiseShape: true, seed: true };
/**
 * Sets elements to 0 with probability `rate` and divides the others by `1 - rate`, so that the mean stays.
 * @example dropout([1, 1, 1, 1], 0.5, { seed: 1 }).shape // [4]
 */
export const dropout = exact(
  'random.dropout',
  3,
  function dropout(inputs: Like, rate: number, options: DropoutOptions = {}): Tensor {
    const { noiseShape, seed } = optionsOf('random.dropout', dropoutOptions, options);
    const x = asTensor(inputs);
    if (!(rate >= 0 && rate <= 1)) fail('random.dropout', `the rate is ${rate}`, 'give a number from 0 to 1');
    if (rate === 0) return x;
    if (rate === 1) return zeros(x);
    const shape = (noiseShape ?? x.shape).map((n, d) => n ?? x.shape[d]);
    return drop(x, drawKey('random.dropout', seed), rate, shape);
  },
);
