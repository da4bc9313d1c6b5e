import { expect, test } from 'vitest';
import { serializeObject } from '../../src/base/registry/serialize.ts';
import { lossFunctions } from '../../src/losses/declared.ts';
import * as losses from '../../src/losses/index.ts';
import * as ops from '../../src/ops/index.ts';
import { grad, type Tensor } from '../../src/tensor/index.ts';
import { casesOf, expectSame, optionsOf, type Stored, type Tolerance, tensorOf, withTensors } from './cases.ts';

interface Case {
  readonly id: string;
  readonly kind: 'loss' | 'loss_fn' | 'loss_error' | 'aliases';
  readonly class_name: string;
  readonly function: string;
  readonly kwargs: object;
  readonly arrays: object;
  readonly config: object;
  readonly config_complete: boolean;
  readonly y_true: Stored;
  readonly y_pred: Stored;
  readonly sample_weight: Stored | null;
  readonly mask: Stored | null;
  readonly output: Stored;
  readonly grad?: Stored;
  readonly map: Readonly<Record<string, { readonly kind: string; readonly name: string }>>;
  readonly tol?: Tolerance;
  readonly grad_tol?: Tolerance;
}
type LossClass = new (options: object) => losses.Loss;
const classes = losses as unknown as Record<string, LossClass>;
const known = lossFunctions as Record<string, (...args: unknown[]) => Tensor>;

function check(c: Case, f: (yPred: Tensor) => Tensor): void {
  const yPred = tensorOf(c.y_pred);
  expectSame(f(yPred), c.output, c.tol, c.id);
  if (c.grad)
    expectSame(
      grad((y: Tensor) => ops.sum(f(y)))(yPred) as Tensor,
      c.grad,
      c.grad_tol ?? [5e-5, 1e-5],
      `gradient of ${c.id}`,
    );
}

test.each(casesOf<Case>('losses/losses').map((c) => [c.id, c] as const))('%s', (_, c) => {
  if (c.kind === 'loss') {
    const loss = new classes[c.class_name]!(optionsOf(c.kwargs));
    if (c.config_complete) {
      expect(serializeObject(loss)).toEqual(c.config);
      expect(serializeObject(losses.get(c.config))).toEqual(c.config);
    }
    const options = { sampleWeight: c.sample_weight && tensorOf(c.sample_weight), mask: c.mask && tensorOf(c.mask) };
    return check(c, (yPred) => loss(tensorOf(c.y_true), yPred, options));
  }
  if (c.kind === 'loss_fn') {
    const options = { ...optionsOf(c.kwargs), ...optionsOf(withTensors(c.arrays) as object) } as { q?: number };
    const last = c.function === 'categorical_generalized_cross_entropy' ? options.q : options;
    const name = Object.keys(optionsOf({ [c.function]: 0 }))[0]!;
    const f = (losses as unknown as Record<string, (...args: unknown[]) => Tensor>)[name]!;
    return check(c, (yPred) => f(tensorOf(c.y_true), yPred, last));
  }
  if (c.kind === 'loss_error') return void expect(() => new classes[c.class_name]!(optionsOf(c.kwargs))).toThrow();
  for (const [identifier, { kind, name }] of Object.entries(c.map)) {
    if (kind === 'error') expect(() => losses.get(identifier), identifier).toThrow('is no loss');
    else if (kind === 'function') expect(losses.get(identifier), identifier).toBe(known[name]);
    else expect((losses.get(identifier) as losses.Loss).className, identifier).toBe(name);
  }
});
