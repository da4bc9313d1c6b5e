import { expect, test } from 'vitest';
import { tensor } from '../tensor/index.ts';
import * as ops from './index.ts';

// What Keras on JAX answers where shapes are empty, types narrow, or numbers not finite.
test('the diagonal of a matrix without rows is empty', async () => {
  const empty = tensor(new Float32Array(0), { shape: [7, 7, 0] });
  expect(await ops.diagonal(empty, { offset: -1, axis1: -1, axis2: 0 }).array()).toEqual(Array(7).fill([]));
});
test('an empty tensor takes any empty shape', async () => {
  expect(ops.reshape(ops.zeros([7, 7, 0]), [0, 3]).shape).toEqual([0, 3]);
  expect(await ops.reshape(ops.zeros([2, 0]), [3, 0]).array()).toEqual([[], [], []]);
});
test('the remainder of a division of integers by 0 is 0', async () => {
  expect(await ops.fmod(tensor([7, -3]), tensor([0, 2])).array()).toEqual([0, -1]);
});
test('-0 has the angle π', async () => {
  const found = (await ops.angle([-0, 0, 1, -1, Number.NaN]).array()) as number[];
  expect(found).toEqual([Math.fround(Math.PI), 0, 0, Math.fround(Math.PI), Number.NaN]);
});
test('an infinity makes statistics of numbers NaN, a NaN does not', async () => {
  expect(await ops.nanstd([1, Infinity]).item()).toBeNaN();
  expect(await ops.nanvar([1, Number.NaN, 3]).item()).toBe(1);
});
test('an infinity stays in its window', async () => {
  const x = [[[-Infinity], [3], [5], [7]]];
  expect(await ops.adaptiveAveragePool(x, 2).array()).toEqual([[[-Infinity], [6]]]);
});
test('convolutions of integers give integers, correlations floats', async () => {
  const [x, w] = [ops.ones([1, 4, 1], { dtype: 'int8' }), ops.full([2, 1, 1], 100, { dtype: 'int8' })];
  expect([ops.conv(x, w).dtype, await ops.conv(x, w).array()]).toEqual(['int8', [[[-56], [-56], [-56]]]]);
  expect(ops.correlate(tensor([1, 2], { dtype: 'uint8' }), tensor([1], { dtype: 'uint8' })).dtype).toBe('float32');
});
test('a triangular system in half precision has a solution in half precision', () => {
  const a = tensor([[1, 0], [0, 2]], { dtype: 'bfloat16' }); // biome-ignore format: matrix
  expect(ops.solveTriangular(a, tensor([1, 2], { dtype: 'int8' })).dtype).toBe('bfloat16');
});
test('the likeness of two images has the type of the first', () => {
  const image = ops.ones([12, 12, 1], { dtype: 'bfloat16' });
  expect(ops.image.ssim(image, ops.ones([12, 12, 1])).dtype).toBe('bfloat16');
});
test('repeats must be whole', () => {
  expect(() => ops.repeat([1, 2], tensor([0.5, 2]))).toThrow('0.5 is no number of repeats');
});
