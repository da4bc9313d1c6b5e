import { expect, test } from 'vitest';
import { parsePythonJson } from './python-json.ts';

test('NaN and Infinity are read where they are numbers, and texts stay what they are', () => {
  expect(parsePythonJson('{"a": NaN, "b": [-Infinity, Infinity,NaN], "c": {"NaN": 1}}')).toEqual({
    a: NaN,
    b: [-Infinity, Infinity, NaN],
    c: { NaN: 1 },
  });
  expect(parsePythonJson('["NaN", "a, NaN, b", "\\"NaN", "[Infinity]", NaN]')).toEqual([
    'NaN',
    'a, NaN, b',
    '"NaN',
    '[Infinity]',
    NaN,
  ]);
  expect(parsePythonJson('NaN')).toBeNaN();
});

test('what is no JSON is refused, however long', () => {
  for (const text of [
    `{"a" ${' '.repeat(1e6)}}`,
    '\\"'.repeat(1e6),
    '"\\'.repeat(1e6),
    '[NaN'.repeat(2e5),
    'NaNNaN',
    '1NaN',
  ])
    expect(() => parsePythonJson(text), text.slice(0, 9)).toThrow('no JSON');
});
