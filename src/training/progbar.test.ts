import { expect, test } from 'vitest';
import { Progbar } from './progbar.ts';

// The numbers are those of Keras's own bar.
test('values are averaged over steps, but for those that are named', () => {
  const bar = new Progbar({ target: 10, verbose: 0, statefulMetrics: ['a'] });
  bar.update(2, { a: 1, b: 2 });
  bar.update(5, [
    ['a', 3],
    ['b', 4],
  ]);
  bar.add(1, { b: 8 });
  expect(bar.averages).toEqual({ a: 3, b: 4 });
  bar.update(10, { a: 7, b: 1 });
  expect(bar.averages).toEqual({ a: 7, b: 1 });
  const other = new Progbar({ target: 4, verbose: 0, statelessMetrics: ['a'] });
  other.update(2, { a: 1, b: 2 });
  other.update(3, { a: 3, b: 4 });
  expect(other.averages.a).toBeCloseTo(5 / 3);
  expect(other.averages.b).toBe(4);
});

test('names of both kinds are refused', () => {
  expect(() => new Progbar({ target: 1, statefulMetrics: [], statelessMetrics: [] })).toThrow(/both/);
});
