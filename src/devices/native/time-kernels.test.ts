import { expect, test } from 'vitest';
import { makeProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { dot, sin } from '../../primitives/index.ts';
import { nativeDevice } from './device.ts';
import { widthsHere } from './testing.ts';

const x = new Tensor({ shape: [192, 192], dtype: 'float32' });
const v = new Tensor({ shape: [64], dtype: 'float32' });
const product = dot(x, x, { contract: [[1], [0]], batch: [[], []] });

test.each(widthsHere())('each kernel of a program for %s lanes has its milliseconds', async (lanes) => {
  const device = nativeDevice({ lanes, threads: 2, leastWork: 0 });
  const executable = device.compile(makeProgram('unequal', [x, v], [product, sin(v)], new Map([[1, 1]])));
  const values = Float32Array.from({ length: 64 }, (_, i) => i);
  const inputs = [device.upload(new Float32Array(192 * 192).fill(0.5), 'float32'), device.upload(values, 'float32')];
  const before = device.bytesInUse;
  const timing = await executable.time!(inputs, 5);
  if (!('ms' in timing)) throw new Error(timing.untimed);
  expect(timing.where).toBe('on one thread');
  expect(timing.ms).toHaveLength(executable.kernels.length);
  // 14 million operations beside 64 sines.
  const [large, small] = ['dot', 'sin'].map((name) => timing.ms[executable.kernels.findIndex((k) => k.name === name)]);
  expect(small).toBeGreaterThan(0);
  expect(large).toBeGreaterThan(10 * small);
  expect(large).toBeLessThan(1000);
  // Nothing was changed, not even what the program overwrites, and nothing is kept.
  expect(device.bytesInUse).toBe(before);
  expect(device.download(inputs[1], v)).toEqual(values);
  const [made] = executable.run(inputs);
  expect((device.download(made, product) as Float32Array)[0]).toBe(48);
});
