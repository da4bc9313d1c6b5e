import { expect, test } from 'vitest';
import { f } from './field.ts';
import { requireOptions } from './resolve.ts';

test('bare values instead of an options object are refused, with the option they were meant for', () => {
  const fields = { rate: f.number({ min: 0, initial: 0.1 }) };
  expect(() => requireOptions('Adam', fields, 0.5)).toThrow(
    'Adam: it takes one object with options, but was given 0.5\n  Fix: new Adam({ rate: 0.5 })',
  );
  expect(() => requireOptions('Adam', fields, 'fast')).toThrow(
    'Adam: it takes one object with options, but was given "fast"\n  Fix: name what you give: new Adam({ option: value })',
  );
  requireOptions('Adam', fields, { rate: 1 });
});
