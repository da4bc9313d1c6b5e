import { expect, test } from 'vitest';
import {
  apply,
  axis,
  constant,
  convert,
  type Expr,
  flatten,
  indexOf,
  int,
  load,
  minus,
  plus,
  type Region,
  select,
  times,
  unflatten,
} from '../ir/expr.ts';
import { Algebra } from './algebra.ts';

const region: Region = { name: 'x', shape: [100], dtype: 'float32' };
const [i, j, k] = [axis(4, 'i'), axis(5, 'j'), axis(20, 'k')];
const x = load(region, [indexOf(k)]);
const number = (value: number): Expr => constant(value, 'f32');
const simplify = (...list: Expr[]): Expr[] => {
  const algebra = new Algebra();
  return list.map((e) => algebra.simplify(e));
};

test('equal expressions are one object, whatever the order of their terms', () => {
  const [a, b] = simplify(
    plus(times(indexOf(i), 5), plus(indexOf(j), 3)),
    plus(plus(3, indexOf(j)), times(5, indexOf(i))),
  );
  expect(a).toBe(b);
});

test('quotients and remainders vanish where the sizes of the axes allow it', () => {
  const position = plus(times(indexOf(i), 5), indexOf(j));
  const [quotient, row, rest, column, whole, same] = simplify(
    apply('floorDiv', position, 5),
    indexOf(i),
    apply('floorMod', position, 5),
    indexOf(j),
    flatten(unflatten(indexOf(k), [2, 5, 2]), [2, 5, 2]),
    indexOf(k),
  );
  expect(quotient).toBe(row);
  expect(rest).toBe(column);
  expect(whole).toBe(same);
});

test('a quotient stays when its terms reach over a multiple', () => {
  const [e] = simplify(apply('floorDiv', plus(indexOf(i), indexOf(j)), 5));
  expect(e).toMatchObject({ op: 'apply', f: 'floorDiv' });
});

test('conditions that the sizes decide are constants', () => {
  const [yes, no, open] = simplify(
    apply('lt', plus(indexOf(i), 2), 6),
    apply('ge', minus(indexOf(i), 4), 0),
    apply('lt', indexOf(i), 3),
  );
  expect(yes).toMatchObject({ op: 'const', value: 1 });
  expect(no).toMatchObject({ op: 'const', value: 0 });
  expect(open!.op).toBe('apply');
});

test('laws of arithmetic hold for floats, but nothing that would change a NaN', () => {
  const [sum, product, twice, zero, chosen, there] = simplify(
    apply('add', x, number(0)),
    apply('mul', number(1), x),
    apply('neg', apply('neg', x)),
    apply('mul', x, number(0)),
    select(apply('eq', x, x), x, x),
    convert(convert(x, 'f64'), 'f32'),
  );
  const [plain] = [sum];
  for (const e of [product, twice, chosen, there]) expect(e).toStrictEqual(plain);
  expect(zero!.op).toBe('apply');
});

test('constants fold as the type computes', () => {
  const [wrapped, rounded, saturated] = simplify(
    apply('mul', int(2 ** 30), int(4)),
    apply('div', number(1), number(3)),
    convert(number(1e20), 'i32'),
  );
  expect(wrapped).toMatchObject({ value: 0 });
  expect(rounded).toMatchObject({ value: Math.fround(1 / 3) });
  expect(saturated).toMatchObject({ value: 2 ** 31 - 1 });
});

test('substitution brings what it changes into form, also in copies of expressions in form', () => {
  const algebra = new Algebra();
  const e = algebra.simplify(plus(times(indexOf(i), 5), indexOf(j)));
  const moved = algebra.substitute(e, new Map([[j, algebra.simplify(times(indexOf(i), -5))]]));
  expect(moved).toMatchObject({ op: 'const', value: 0 });
  const copy = algebra.simplify({ ...(e as Expr & { op: 'apply' }), args: [indexOf(j), indexOf(j)] });
  expect(copy).toBe(algebra.simplify(times(indexOf(j), 2)));
});
