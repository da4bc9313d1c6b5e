import { expect, test } from 'vitest';
import { deserializeObject } from '../../src/base/registry/serialize.ts';
import * as initializers from '../../src/initializers/index.ts';
import { SeedGenerator } from '../../src/random/index.ts';
import { casesOf, expectSame, optionsOf, type Stored, type Tolerance } from './cases.ts';

type Case = { readonly id: string; readonly class_name: string } & (
  | {
      readonly kind: 'initializer';
      readonly config: object;
      readonly shape: readonly number[];
      readonly dtype?: string;
      readonly output: Stored;
      readonly output_again?: 'same' | Stored;
      readonly get_config?: object;
      readonly tol?: Tolerance;
    }
  | {
      readonly kind: 'initializer_sequence';
      readonly seed_generator: number;
      readonly shape: readonly number[];
      readonly outputs: readonly Stored[];
    }
  | { readonly kind: 'initializer_identifiers'; readonly rows: readonly Row[] }
);
interface Row {
  readonly identifier: string;
  readonly class_name: string;
  readonly serialized: { readonly config: object };
  readonly error?: string;
}
type Class = new (options: object) => initializers.Initializer;
const classes = initializers as unknown as Record<string, Class>;

test.each(casesOf<Case>('random/initializers').map((c) => [c.id, c] as const))('%s', (_, c) => {
  if (c.kind === 'initializer') {
    const make = new classes[c.class_name]!(optionsOf(c.config));
    const options = c.dtype ? { dtype: c.dtype } : {};
    const tolerance = c.tol ?? [1e-6, 1e-6];
    expectSame(make(c.shape, options), c.output, tolerance, c.id);
    if (c.output_again)
      expectSame(make(c.shape, options), c.output_again === 'same' ? c.output : c.output_again, tolerance);
    if (c.get_config) expect(make.getConfig()).toEqual(c.get_config);
    const again = deserializeObject(initializers.serialize(make)) as initializers.Initializer;
    expect(again.getConfig()).toEqual(make.getConfig());
  } else if (c.kind === 'initializer_sequence') {
    const make = new classes[c.class_name]!({ seed: new SeedGenerator({ seed: c.seed_generator }) });
    for (const output of c.outputs) expectSame(make(c.shape), output, [1e-6, 1e-6], c.id);
  } else
    for (const row of c.rows) {
      if (row.error) expect(() => initializers.get(row.identifier), row.identifier).toThrow();
      else expect(initializers.serialize(initializers.get(row.identifier)), row.identifier).toEqual(row.serialized);
    }
});

test('a name that nothing has is refused with the closest one', () => {
  expect(() => initializers.get('glorot_unifrom')).toThrow('"glorot_unifrom" is no initializer');
  expect(() => initializers.get('glorot_unifrom')).toThrow('did you mean "glorot_uniform"?');
});
