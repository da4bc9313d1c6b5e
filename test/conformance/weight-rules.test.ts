import { expect, test } from 'vitest';
import * as activations from '../../src/activations/index.ts';
import { deserializeObject, serializeObject } from '../../src/base/registry/serialize.ts';
import * as constraints from '../../src/constraints/index.ts';
import * as ops from '../../src/ops/index.ts';
import * as regularizers from '../../src/regularizers/index.ts';
import { grad, type Tensor } from '../../src/tensor/index.ts';
import { casesOf, expectSame, optionsOf, type Stored, tensorOf } from './cases.ts';

interface Row {
  readonly identifier: string | null;
  readonly resolves_to?: string;
  readonly class_name?: string;
  readonly serialized?: unknown;
  readonly error?: string;
}
interface Case {
  readonly id: string;
  readonly name: string;
  readonly class_name: string;
  readonly options: object;
  readonly config: object;
  readonly x: Stored;
  readonly output: Stored;
  readonly value: Stored;
  readonly cotangent: Stored;
  readonly grad: Stored;
  readonly get_config: object;
  readonly rows?: readonly Row[];
}
type Rule = ((x: Tensor) => Tensor) & { getConfig(): object };
type Rules = Readonly<Record<string, new (options: object) => Rule>>;

/** The cases of a family, those about a value and the one about identifiers; how many there are is known. */
function family(name: string, count: number): [values: (readonly [string, Case])[], rows: readonly Row[]] {
  const cases = casesOf<Case>(`rules/${name}`);
  const values = cases.filter((c) => !c.rows).map((c) => [`${name}: ${c.id}`, c] as const);
  const rows = cases.flatMap((c) => c.rows ?? []);
  test(`${name}: all ${count} cases run`, () => {
    expect([cases.length, values.length, rows.length > 0]).toEqual([count, count - 1, true]);
  });
  return [values, rows];
}
const gradientOf = (f: (x: Tensor) => Tensor, x: Stored): Tensor => grad((at: Tensor) => ops.sum(f(at)))(tensorOf(x));
const camel = (name: string): string => Object.keys(optionsOf({ [name]: 0 }))[0]!;

const [ofActivations, activationRows] = family('activations', 93);
test.each(ofActivations)('%s', (_, { id, name, options, x, output, cotangent, grad: expected }) => {
  const f = (activations as unknown as Record<string, (x: Tensor, ...args: unknown[]) => Tensor>)[camel(name)]!;
  // These two are required in Keras, and arguments by position here.
  const args = name === 'threshold' ? Object.values(options) : [optionsOf(options)];
  const call = (at: Tensor): Tensor => (Object.keys(options).length === 0 ? f(at) : f(at, ...args));
  expectSame(call(tensorOf(x)), output, [1e-5, 2e-6], id);
  const weighted = (at: Tensor): Tensor => ops.multiply(call(at), tensorOf(cotangent));
  expectSame(gradientOf(weighted, x), expected, [5e-5, 1e-5], `gradient of ${id}`);
});
test.each(activationRows)('the activation $identifier', ({ identifier, serialized }) => {
  expect(activations.serialize(activations.get(identifier))).toEqual(serialized);
});

const [ofRegularizers, regularizerRows] = family('regularizers', 17);
test.each(ofRegularizers)('%s', (_, c) => {
  const rule = new (regularizers as unknown as Rules)[c.class_name]!(optionsOf(c.config));
  expectSame(rule(tensorOf(c.x)), c.value, [1e-5, 2e-6], c.id);
  expectSame(gradientOf(rule, c.x), c.grad, [5e-5, 1e-5], `gradient of ${c.id}`);
  expect(rule.getConfig()).toEqual(c.get_config);
  expect((deserializeObject(regularizers.serialize(rule)) as Rule).getConfig()).toEqual(c.get_config);
});

const [ofConstraints, constraintRows] = family('constraints', 15);
test.each(ofConstraints)('%s', (_, c) => {
  const rule = new (constraints as unknown as Rules)[c.class_name]!(optionsOf(c.config));
  expectSame(rule(tensorOf(c.x)), c.output, [1e-5, 2e-6], c.id);
  expect(rule.getConfig()).toEqual(c.get_config);
  expect((deserializeObject(constraints.serialize(rule)) as Rule).getConfig()).toEqual(c.get_config);
});

test.each([
  ...regularizerRows.map((row) => ({ get: regularizers.get, ...row })),
  ...constraintRows.map((row) => ({ get: constraints.get, ...row })),
])('the identifier $identifier', ({ get, identifier, class_name, serialized, error }) => {
  if (error) return void expect(() => get(identifier)).toThrow('Fix: ');
  const rule = get(identifier);
  expect(serializeObject(rule)).toEqual(serialized);
  expect((rule as unknown as { className: string }).className).toBe(class_name);
});
