import { expect, test } from 'vitest';
import { applied, constant, int, loaded, type Register, register, type Statement, type Value } from './ir.ts';
import { tidied } from './tidy.ts';

const address = register('address');
const at = { dtype: 'float32', address, offset: 0, stride: 0 } as const;
const element = loaded(at, 1);
const keep = (to: Register, value: Value): Statement => ({ op: 'let', register: to, value });
const write = (value: Value): Statement => ({ op: 'store', ...at, value, combine: undefined });
const twice = (x: Value): Value => applied('add', 'f32', [x, x]);
const plusOne = (x: Value): Value => applied('add', 'f32', [x, constant(1, 'f32')]);

test('a register that nobody reads is left out', () => {
  expect(tidied([keep(register('f32'), element), write(constant(1, 'f32'))]).body).toEqual([write(constant(1, 'f32'))]);
});

test('what is read once by the next statement stands there itself, through several registers', () => {
  const [a, b] = [register('f32'), register('f32')];
  expect(tidied([keep(a, element), keep(b, plusOne(a)), write(plusOne(b))]).body).toEqual([
    write(plusOne(plusOne(element))),
  ]);
});

test('what is read twice, or changes, stays in its register', () => {
  const [a, b] = [register('f32'), register('f32')];
  for (const list of [
    [keep(a, element), write(twice(a))],
    [keep(b, element), { op: 'set', register: b, value: constant(0, 'f32') } as Statement, write(b)],
  ])
    expect(tidied(list).body).toEqual(list);
});

test('nothing is read later than a store before which it stood, or in the turns of a loop', () => {
  const [a, counter] = [register('f32'), register('i32')];
  const after = [keep(a, element), write(constant(0, 'f32')), write(a)];
  expect(tidied(after).body).toEqual(after);
  const loop = (body: Statement[]): Statement => ({ op: 'loop', counter, to: int(4), step: 1, pointers: [], body });
  const inside = [keep(a, element), keep(counter, int(0)), loop([write(plusOne(a))])];
  expect(tidied(inside).body).toEqual(inside);
  const before = [keep(counter, int(0)), keep(a, element), loop([write(plusOne(a))])];
  expect(tidied(before).body).toEqual(before);
});

test("a function's result takes in what only it reads", () => {
  const a = register('f32');
  expect(tidied([keep(a, element)], plusOne(a))).toEqual({ body: [], result: plusOne(element) });
});
