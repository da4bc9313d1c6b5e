import { expect, test } from 'vitest';
import * as activations from '../../src/activations/index.ts';
import { deserializeObject } from '../../src/base/registry/serialize.ts';
import * as constraints from '../../src/constraints/index.ts';
import * as ops from '../../src/ops/index.ts';
import * as regularizers from '../../src/regularizers/index.ts';
import { grad, type Tensor } from '../../src/tensor/index.ts';
import { casesOf, expectSame, optionsOf, type Stored, type Tolerance, tensorOf } from './cases.ts';

interface Row {
  readonly identifier: string | null;
  readonly serialized: unknown;
  readonly error?: string;
}
interface Case {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly class_name: string;
  readonly options: object;
  readonly config: object;
  readonly get_config: object;
  readonly x: Stored;
  readonly output: Stored;
  readonly value: Stored;
  readonly cotangent: Stored;
  readonly grad: Stored;
  readonly rows: readonly Row[];
  readonly tol?: Tolerance;
}
const gradTolerance: Tolerance = [5e-5, 1e-5];
const functionName = (name: string): string => Object.keys(optionsOf({ [name]: 0 }))[0]!;

test.each(casesOf<Case>('rank8/activations').map((c) => [c.id, c] as const))('activation %s', (_, c) => {
  if (c.rows) return checkIdentifiers(activations, c.rows);
  const f = (activations as unknown as Record<string, (...args: unknown[]) => Tensor>)[functionName(c.name)]!;
  const { threshold, default_value: value } = c.options as { threshold?: number; default_value?: number };
  const rest = c.name === 'threshold' ? [threshold, value] : [optionsOf(c.options)];
  const x = tensorOf(c.x);
  expectSame(f(x, ...rest), c.output, c.tol, c.id);
  const weighted = (y: Tensor): Tensor => ops.sum(ops.multiply(f(y, ...rest), tensorOf(c.cotangent)));
  expectSame(grad(weighted)(x) as Tensor, c.grad, gradTolerance, `gradient of ${c.id}`);
});

test.each(casesOf<Case>('rank8/regularizers').map((c) => [c.id, c] as const))('regularizer %s', (_, c) => {
  if (c.rows) return checkIdentifiers(regularizers, c.rows);
  const r = made(regularizers, c) as regularizers.Regularizer;
  expectSame(r(tensorOf(c.x)), c.value, c.tol, c.id);
  expectSame(grad((x: Tensor) => r(x))(tensorOf(c.x)) as Tensor, c.grad, gradTolerance, `gradient of ${c.id}`);
});

test.each(casesOf<Case>('rank8/constraints').map((c) => [c.id, c] as const))('constraint %s', (_, c) => {
  if (c.rows) return checkIdentifiers(constraints, c.rows);
  const constraint = made(constraints, c) as constraints.Constraint;
  expectSame(constraint(tensorOf(c.x)), c.output, c.tol, c.id);
});

/** The case's object, after a round trip through its config. */
function made(family: object, { class_name, config, get_config }: Case): unknown {
  const Class = (family as Record<string, new (options: object) => { getConfig(): object }>)[class_name]!;
  const first = new Class(optionsOf(config));
  expect(first.getConfig()).toEqual(get_config);
  const again = deserializeObject(regularizers.serialize(first)) as { getConfig(): object };
  expect(again.getConfig()).toEqual(get_config);
  return first;
}

interface Family {
  get(identifier: string | null): unknown;
  serialize(x: unknown): unknown;
}
function checkIdentifiers({ get, serialize }: Family, rows: readonly Row[]): void {
  for (const { identifier, serialized, error } of rows)
    if (error) expect(() => get(identifier), String(identifier)).toThrow();
    else expect(serialize(get(identifier)), String(identifier)).toEqual(serialized);
}
