import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortByFallingKey } from './stable-order.ts';

test('keys fall, equal keys keep their order and NaN comes last', () => {
  const key = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double(), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
      const order = Int32Array.from(keys, (_, i) => i);
      sortByFallingKey(order, Float64Array.from(keys));
      const rank = (i: number): number => (Number.isNaN(keys[i]) ? Number.NEGATIVE_INFINITY : keys[i]);
      const expected = keys
        .map((_, i) => i)
        .sort(
          (a, b) =>
            Number(Number.isNaN(keys[a])) - Number(Number.isNaN(keys[b])) ||
            (rank(a) === rank(b) ? a - b : rank(b) - rank(a)),
        );
      expect([...order]).toEqual(expected);
    }),
  );
});

test('only the first rows are sorted when a count is given', () => {
  const order = Int32Array.of(0, 1, 2, 3);
  sortByFallingKey(order, Float64Array.of(1, 2, 3, 4), 2);
  expect([...order]).toEqual([1, 0, 2, 3]);
});
