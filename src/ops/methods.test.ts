import { expect, test } from 'vitest';
import { KerasTensor, tensor, Variable } from '../tensor/index.ts';
import './methods.ts';

test('tensors carry the common ops as methods', async () => {
  const x = tensor([
    [1.5, -2],
    [0.5, 4],
  ]);
  expect(await x.add(1).mul(2).reshape([4]).array()).toEqual([5, -2, 3, 10]);
  expect(await x.slice([0, { slice: [1, null] }]).array()).toEqual([-2]);
  expect(await x.max({ axis: 0 }).array()).toEqual([1.5, 4]);
  expect(x.astype('int32').dtype).toBe('int32');
});

test('variables have the same methods', async () => {
  const v = new Variable(tensor([1, 2]));
  expect(await v.square().sum().item()).toBe(5);
});

test('methods of symbolic tensors add nodes', () => {
  const y = new KerasTensor([null, 4]).reshape([-1, 2]) as KerasTensor;
  expect(y.shape).toEqual([null, 2]);
  expect(y.history?.node.operation.name).toMatch(/^reshape/);
});
