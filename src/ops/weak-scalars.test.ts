import { expect, test } from 'vitest';
import { grad, type Tensor, tensor } from '../tensor/index.ts';
import * as ops from './index.ts';
import { weaknessOf, weakScalar } from './weak-scalars.ts';

test('bare numbers do not decide the dtype, however they are passed', () => {
  const half = tensor([1, 2], { dtype: 'float16' });
  const bytes = tensor([1, 2], { dtype: 'int8' });
  expect(ops.multiply(half, 0.3).dtype).toBe('float16');
  expect(ops.multiply(half, 1234).dtype).toBe('float16');
  expect(ops.multiply(bytes, 100).dtype).toBe('int8');
  expect(ops.multiply(bytes, 0.3).dtype).toBe('float32');
  expect(ops.multiply(half, tensor(0.3)).dtype).toBe('float32');
});

test('numbers that float32 cannot hold stay numbers', async () => {
  expect(weakScalar(2 ** 24)).toBe(2 ** 24);
  expect(weakScalar(1e-60)).toBe(1e-60);
  expect(weakScalar(Number.NaN)).toBeNaN();
  expect(weaknessOf(weakScalar(0.5) as Tensor)).toBe('float');
  const x = tensor([1], { dtype: 'float64' });
  expect(await ops.multiply(x, 0.1).array()).toEqual([0.1]);
});

test('gradients flow past a bare number', async () => {
  const g = grad((x: Tensor) => ops.sum(ops.multiply(x, 0.37)))(tensor([1.5, 2]));
  expect(g.dtype).toBe('float32');
  (await g.data()).forEach((n) => expect(n).toBeCloseTo(0.37, 6));
});
