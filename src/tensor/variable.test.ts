import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const array = (v: keras.Variable): Promise<unknown> => v.value.array();

test('variables are made of plain numbers, and assigned such', async () => {
  const made = [0, 0.5, [1, 2], [1, 2.5], true, new Float32Array([1, 2])].map((x) => new keras.Variable(x));
  expect(made.map((v) => `${v.dtype}${JSON.stringify(v.shape)}`)).toEqual([
    ...['int32[]', 'float32[]', 'int32[2]', 'float32[2]', 'bool[]', 'float32[2]'],
  ]);
  const scalar = new keras.Variable(0, { dtype: 'float32' });
  scalar.assign(5);
  scalar.assignAdd(1);
  expect(await array(scalar)).toBe(6);
  const vector = new keras.Variable([1, 2], { dtype: 'float32' });
  vector.assign([3, 4]);
  vector.assignAdd(1);
  vector.assignAdd([1, 2]);
  vector.assignSub(new keras.Variable([1, 1]));
  expect(await array(vector)).toEqual([4, 6]);
  expect(() => vector.assign(5)).toThrow('a value of shape () cannot replace one of shape (2,)');
});

test('a variable is made by an initializer, also by its name, and given its numbers', async () => {
  keras.utils.setRandomSeed(7);
  const kernel = new keras.Variable('glorot_uniform', { shape: [2, 3] });
  // What Keras 3.15.1 gives.
  const wanted = [
    [1.0372667, 0.1397866, -0.290029],
    [0.8535156, 0.4821767, -0.4911334],
  ];
  expect(await array(kernel)).toEqual(wanted.map((row) => row.map((n) => expect.closeTo(n, 5))));
  const ones = new keras.Variable(new keras.initializers.Ones(), { shape: [2], dtype: 'int32' });
  expect(await array(ones)).toEqual([1, 1]);
  expect(() => new keras.Variable('glorot_uniform')).toThrow('an initializer needs a shape');
  expect(() => new keras.Variable('glorot_unifrom', { shape: [1] })).toThrow('glorot_uniform');
});
