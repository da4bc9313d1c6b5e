import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { windowNames, windowValues } from './windows.ts';

/** By scipy, of 7 and of 8 values, symmetric and periodic. */
const expected = JSON.parse(readFileSync(new URL('../../test/data/windows.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, readonly (readonly number[])[]>
>;

test('windows have the values that scipy gives them', () => {
  expect(windowNames.filter((name) => !(name in expected))).toEqual(['hanning']);
  for (const [name, values] of Object.entries(expected)) {
    const found = [7, 8].flatMap((length) => [false, true].map((periodic) => windowValues(name, length, periodic)));
    for (const [k, list] of values.entries())
      for (const [n, value] of list.entries()) expect(found[k]![n], `${name} ${k} ${n}`).toBeCloseTo(value, 11);
  }
  expect(windowNames.map((name) => windowValues(name, 1, false))).toEqual(windowNames.map(() => [1]));
});
