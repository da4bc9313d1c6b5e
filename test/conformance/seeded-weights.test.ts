import { expect, test } from 'vitest';
import { resetNames } from '../../src/base/naming.ts';
import * as layers from '../../src/layers/index.ts';
import { eachAttribute } from '../../src/layers/layer/attributes.ts';
import { defaultSeed, setRandomSeed } from '../../src/random/global-seed.ts';
import { SeedGenerator } from '../../src/random/index.ts';
import { casesOf, expectSame, optionsOf, type Stored } from './cases.ts';

interface Made {
  readonly class_name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
}
interface Case {
  readonly id: string;
  readonly seed: number;
  readonly layers: readonly (Made & {
    readonly build_shapes: readonly (readonly (number | null)[])[];
    readonly weights: readonly { readonly path: string; readonly value: Stored }[];
    readonly seed_states: readonly { readonly path: string; readonly value: readonly number[] }[];
  })[];
  readonly next_default_seed: number;
}
interface AnyLayer {
  build(...shapes: unknown[]): void;
  readonly weights: readonly { readonly path: string; readonly value: Parameters<typeof expectSame>[0] }[];
}
const isMade = (x: unknown): x is Made => typeof x === 'object' && x !== null && 'class_name' in x && 'kwargs' in x;
/** The layer of a description; a layer among its arguments is made just before it. */
function make({ class_name, kwargs }: Made): AnyLayer {
  const options = Object.fromEntries(
    Object.entries(optionsOf(kwargs)).map(([key, value]) => [key, isMade(value) ? make(value) : value]),
  );
  return new (layers as unknown as Record<string, new (options: object) => AnyLayer>)[class_name]!(options);
}
/** The seed generators of a layer and of the layers inside of it. */
function seedStates(layer: layers.Layer<any, any, any>, seen = new Set<object>()): number[][] {
  if (seen.has(layer)) return [];
  seen.add(layer);
  const states: number[][] = [];
  eachAttribute(layer, (x) => {
    if (x instanceof SeedGenerator) states.push([...x.state.value.dataSync()]);
    else if (x instanceof layers.Layer) states.push(...seedStates(x, seen));
  });
  return states;
}
const known = casesOf<Case>('random/seeded_weights');

test.each(known.map((c) => [c.id, c] as const))('%s', (_, c) => {
  resetNames();
  setRandomSeed(c.seed);
  for (const description of c.layers) {
    const layer = make(description);
    layer.build(...description.build_shapes);
    expect(layer.weights.map(({ path }) => path)).toEqual(description.weights.map(({ path }) => path));
    layer.weights.forEach((w, k) => expectSame(w.value, description.weights[k]!.value, [1e-6, 1e-6], w.path));
    for (const { value } of description.seed_states) expect(seedStates(layer as never)).toContainEqual(value);
  }
  expect(defaultSeed()).toBe(c.next_default_seed);
});
