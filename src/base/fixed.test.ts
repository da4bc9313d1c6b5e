import { expect, test } from 'vitest';
import { fixed } from './fixed.ts';

// What Python 3.11 prints by f'{x:.2f}' and f'{x:.0f}'.
test.each([
  [277.625, 2, '277.62'],
  [277.375, 2, '277.38'],
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  [1.005, 2, '1.00'],
  [2.675, 2, '2.67'],
  [2.5, 0, '2'],
  [3.5, 0, '4'],
  [-0.125, 2, '-0.12'],
  [-0.375, 2, '-0.38'],
  [1 / 32, 4, '0.0312'],
])('%d with %d decimals, as in Python', (x, digits, text) => {
  expect(fixed(x, digits)).toBe(text);
});
