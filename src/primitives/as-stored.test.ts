import { expect, test } from 'vitest';
import { jit, ops, random, type Tensor, tensor } from '../index.ts';

const dtypes = ['float16', 'bfloat16'] as const;

test.each(dtypes)('an element of %s equals the maximum that it is, in kernels too', async (dtype) => {
  const f = jit((x: Tensor) => {
    const y = ops.cast(ops.multiply(x, 1.2345), dtype);
    return ops.sum(ops.cast(ops.equal(y, ops.max(y, { axis: 1, keepdims: true })), 'int32'), { axis: 1 });
  });
  expect(await f(random.normal([5, 40], { seed: 1 })).array()).toEqual([1, 1, 1, 1, 1]);
});

test.each(dtypes)('numbers are compared as arrays of %s store them', async (dtype) => {
  const at = (e: number): number[] => [1, 1.0004, 1.002, 1.00048828125, 1.001953125, 1.99999].map((m) => m * 2 ** e);
  const values = [0, -0, ...[-30, -25, -24, -20, -15, -14, -1, 0, 10, 15, 16, 100].flatMap(at), Infinity, 65519, 65520];
  const all = [...values, ...values.map((x) => -x)];
  const stored = ops.cast(tensor(all), dtype);
  const isEqual = jit((x: Tensor, y: Tensor) => ops.equal(ops.multiply(ops.cast(x, dtype), 1), y))(tensor(all), stored);
  const wrong = all.filter((_, k) => !isEqual.dataSync()[k]);
  expect(wrong).toEqual([]);
});
