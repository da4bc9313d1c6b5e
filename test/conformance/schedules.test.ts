import { expect, test } from 'vitest';
import { schedules } from '../../src/optimizers/index.ts';
import { jit, type Tensor, tensor } from '../../src/tensor/index.ts';
import { casesOf, expectNumbers, numbersOf, type Stored } from './cases.ts';

interface Case {
  readonly id: string;
  readonly class_name: 'CosineDecay' | 'ExponentialDecay';
  readonly config: Record<string, unknown>;
  readonly steps: readonly number[];
  readonly values: Stored;
}

test.each(casesOf<Case>('schedules/schedules').map((c) => [c.id, c] as const))('%s', (_, c) => {
  const schedule = schedules.deserialize(c.config);
  expect(schedule).toBeInstanceOf(schedules[c.class_name]);
  expect(schedules.serialize(schedule)).toEqual(c.config);
  const compiled = jit((step: Tensor) => schedule(step));
  for (const rate of [schedule, compiled]) {
    const rates = c.steps.map((step) => rate(tensor(step)).dataSync()[0]!);
    expectNumbers(rates, numbersOf(c.values), [1e-5, 1e-7], c.id);
  }
});
