import { expect, test } from 'vitest';
import { Activation } from '../../layers/index.ts';
import { threshold } from './activations.ts';

test('threshold, which has no defaults, refuses to go without its numbers', async () => {
  expect(await threshold([0.2, 0.8], 0.5, 0).array()).toEqual([0, expect.closeTo(0.8)]);
  const loose = threshold as (...args: unknown[]) => unknown;
  expect(() => loose([1], 0.5)).toThrow(/defaultValue is undefined/);
  expect(() => new Activation({ activation: 'threshold' })([1])).toThrow(/threshold is undefined, which is no number/);
});
