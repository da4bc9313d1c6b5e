import { expect, test } from 'vitest';
import { resetNames } from '../../src/base/naming.ts';
import { defaultSeed, nextPermutation, setRandomSeed } from '../../src/random/global-seed.ts';
import * as random from '../../src/random/index.ts';
import type { Tensor } from '../../src/tensor/index.ts';
import { casesOf, expectSame, optionsOf, type Stored, type Tolerance, withTensors } from './cases.ts';

interface Call {
  readonly fn: string;
  readonly kwargs: Record<string, unknown>;
  readonly output: Stored;
  readonly state_after?: readonly number[];
  readonly tol?: Tolerance;
}
type Case = { readonly id: string } & (
  | ({ readonly kind: 'random'; readonly seed: number } & Call)
  | {
      readonly kind: 'seed_sequence';
      readonly seed: number;
      readonly calls: readonly Call[];
      readonly get_config: unknown;
    }
  | { readonly kind: 'default_seeds'; readonly seed: number; readonly values: readonly number[] }
  | { readonly kind: 'global_seed'; readonly seed: number; readonly calls: readonly Call[] }
);
interface Permutations {
  readonly id: string;
  readonly kind: 'numpy_permutation' | 'fit_order';
  readonly seed: number;
  readonly size: number;
  readonly values: readonly (readonly number[])[];
}

/** What each function takes by position. */
const positional: Readonly<Record<string, readonly string[]>> = {
  uniform: ['shape'],
  normal: ['shape'],
  truncatedNormal: ['shape'],
  randint: ['shape', 'minval', 'maxval'],
  categorical: ['logits', 'numSamples'],
  dropout: ['inputs', 'rate'],
  shuffle: ['x'],
  gamma: ['shape', 'alpha'],
  beta: ['shape', 'alpha', 'beta'],
  binomial: ['shape', 'counts', 'probabilities'],
};
function draw({ fn, kwargs }: Call, seed: random.Seed): Tensor {
  const [name, options] = Object.entries(optionsOf({ [fn]: withTensors(optionsOf(kwargs)) }))[0] as [
    string,
    Record<string, unknown>,
  ];
  const first = positional[name]!;
  const rest = Object.fromEntries(Object.entries(options).filter(([k]) => !first.includes(k)));
  const f = (random as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]!;
  return f(...first.map((k) => options[k]), { ...rest, seed });
}
const exact = ['randint', 'shuffle', 'categorical'];
const tolerance = ({ fn, tol }: Call): Tolerance => (exact.includes(fn) ? [0, 0] : (tol ?? [1e-6, 1e-6]));

test.each(casesOf<Case>('random/random').map((c) => [c.id, c] as const))('%s', (_, c) => {
  resetNames();
  if (c.kind === 'random') return expectSame(draw(c, c.seed), c.output, tolerance(c), c.id);
  if (c.kind === 'seed_sequence') {
    const seeds = new random.SeedGenerator({ seed: c.seed });
    for (const call of c.calls) {
      expectSame(draw(call, seeds), call.output, tolerance(call), call.fn);
      expect(Array.from(seeds.state.value.dataSync())).toEqual(call.state_after);
    }
    expect(seeds.getConfig()).toEqual(c.get_config);
    return;
  }
  setRandomSeed(c.seed);
  if (c.kind === 'default_seeds') expect(c.values.map(() => defaultSeed())).toEqual(c.values);
  else for (const call of c.calls) expectSame(draw(call, null), call.output, tolerance(call), call.fn);
});

const permutations = casesOf<Permutations>('random/sample_order').filter((c) => c.kind === 'numpy_permutation');
test.each(permutations.map((c) => [c.id, c] as const))('%s', (_, { seed, size, values }) => {
  setRandomSeed(seed);
  expect(values.map(() => [...nextPermutation(size)])).toEqual(values);
});
