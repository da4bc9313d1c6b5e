import { expect, it } from 'vitest';
import { snakeCase } from '../base/case.ts';
import * as declared from '../ops/nn/activations.ts';
import * as activations from './index.ts';

const ops = Object.values(declared).map((f) => [snakeCase(f.opName), f.opName, f] as const);
it.each(ops)('%s is exported, found by its name, and written under a name that finds it', (name, key) => {
  expect(activations).toHaveProperty(key);
  const found = activations.get(name);
  expect(found).toBe(activations.get(activations.serialize(found) as string));
});
it('finds what stands for another in Keras, and writes the other', () => {
  expect(activations.get('swish')).toBe(activations.get('silu'));
  expect(activations.serialize(activations.hardSwish)).toBe('hard_silu');
  expect(activations.get('exponential')).toBe(activations.exponential);
});
it('names the closest', () => {
  expect(() => activations.get('rleu')).toThrow(/"rleu" is no activation[\s\S]*did you mean "relu"/);
});
