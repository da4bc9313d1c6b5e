import { expect, test } from 'vitest';
import { wasmDevice } from '../devices/wasm/device.ts';
import { multiply } from '../ops/index.ts';
import { currentDevice, useDevice } from '../runtime/device.ts';
import { jit, type Tensor, tensor, Variable } from './index.ts';

test('a variable that a compiled function only assigns takes the new value, and the arguments keep theirs', () => {
  const doubled = new Variable(tensor([0, 0]));
  const double = jit((x: Tensor) => void doubled.assign(multiply(x, 2)));
  const x = tensor([1, 2]);
  double(x);
  expect([...doubled.value.dataSync()]).toEqual([2, 4]);
  expect([...x.dataSync()]).toEqual([1, 2]);
  double(tensor([5, 6]));
  expect([...doubled.value.dataSync()]).toEqual([10, 12]);
});

test('another device of the same name gets programs of its own', () => {
  const before = currentDevice();
  const shifted = jit((x: Tensor) => multiply(x, tensor([1, 10])));
  try {
    for (const device of [wasmDevice(1), wasmDevice(1)]) {
      useDevice(device);
      expect([...shifted(tensor([2, 3])).dataSync()]).toEqual([2, 30]);
      expect([...multiply(tensor([2, 3]), 2).dataSync()]).toEqual([4, 6]);
    }
  } finally {
    useDevice(before);
  }
});
