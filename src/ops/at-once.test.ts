import { expect, test } from 'vitest';
import { Tensor } from '../ir/tensor.ts';
import { currentDevice } from '../runtime/device.ts';
import { download, storageOf, upload } from '../runtime/storage.ts';
import { trace } from '../tensor/traced.ts';
import { madeAtOnce } from './at-once.ts';

test('zeros, and a few ones, are made without a program', async () => {
  const device = currentDevice();
  const { compile } = device;
  device.compile = () => expect.fail('a program was compiled');
  try {
    for (const [dtype, value] of [
      ['float32', 0],
      ['float32', 1],
      ['int32', 1],
      ['float16', 0],
      ['bool', 1],
    ] as const) {
      const made = madeAtOnce([30, 100], dtype, value);
      expect(made).toMatchObject({ shape: [30, 100], dtype });
      const elements = await download(made);
      expect(elements).toHaveLength(3000);
      expect(new Set(elements)).toEqual(new Set([value]));
    }
    expect((await download(madeAtOnce([300, 100], 'float32', 0))).every((x) => x === 0)).toBe(true);
  } finally {
    device.compile = compile;
  }
  expect(new Set(await download(madeAtOnce([100, 100], 'float32', 1)))).toEqual(new Set([1]));
  // As bits: 1 in float16.
  expect(new Set(await download(madeAtOnce([3], 'float16', 1)))).toEqual(new Set([0x3c00]));
});

test('each is an array of its own, whatever its bytes held before', async () => {
  storageOf(upload(new Float32Array(1000).fill(1), { shape: [1000], dtype: 'float32' })).dispose();
  const [first, second] = [madeAtOnce([1000], 'float32', 0), madeAtOnce([1000], 'float32', 0)];
  expect(storageOf(first).buffer).not.toBe(storageOf(second).buffer);
  for (const made of [first, second]) expect(await download(made)).toEqual(new Float32Array(1000));
});

test('in a program being recorded, it is recorded', () => {
  const { program } = trace('constant', () => madeAtOnce([2], 'float32', 0), []);
  expect(program.equations.map(({ rule }) => rule.name)).toEqual(['full']);
  expect(program.outputs[0]).toBeInstanceOf(Tensor);
});
