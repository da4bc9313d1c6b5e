import { expect, test } from 'vitest';
import { table } from './table.ts';

test('a table knows its entries alone', () => {
  const colours: Readonly<Record<string, number>> = table({ red: 1 });
  expect(colours['red']).toBe(1);
  expect(Object.keys(colours)).toEqual(['red']);
  for (const name of ['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty']) {
    expect(colours[name]).toBeUndefined();
    expect(name in colours).toBe(false);
  }
});
