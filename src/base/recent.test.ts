import { expect, test } from 'vitest';
import { mostBytes, RecentCache } from './recent.ts';

test('caches share one bound; what was used longest ago is dropped first', () => {
  const [one, other] = [new RecentCache<number>(), new RecentCache<number>()];
  const third = mostBytes / 3;
  one.set('a', 1, third);
  other.set('b', 2, third);
  one.set('c', 3, third);
  expect([one.get('a'), other.get('b'), one.get('c')]).toEqual([1, 2, 3]);
  one.get('a');
  other.set('d', 4, third);
  expect([one.get('a'), other.get('b'), one.get('c'), other.get('d')]).toEqual([1, undefined, 3, 4]);
  one.set('large', 5, 2 * mostBytes);
  expect([one.get('a'), one.get('c'), other.get('d'), one.get('large')]).toEqual([undefined, undefined, undefined, 5]);
  one.set('large', 6, 1);
  other.set('small', 7, 1);
  expect([one.get('large'), other.get('small'), one.size, other.size]).toEqual([6, 7, 1, 1]);
});
