import { expect, test } from 'vitest';
import type { DType } from '../base/dtype.ts';
import { makeProgram } from '../ir/program.ts';
import type { Tensor } from '../ir/tensor.ts';
import { full } from '../primitives/generators.ts';
import { compiled, run } from './execute.ts';
import { download, storageOf, upload } from './storage.ts';

const constant = (shape: readonly number[], value: number, dtype: DType = 'float32') =>
  compiled(makeProgram('constant', [], [full({ shape, dtype, value })]));

test('zeros, and short arrays of one number, are made without a kernel', async () => {
  const programs = [
    constant([100, 100], 0),
    constant([3], 0, 'int32'),
    constant([2, 2], 0, 'float16'),
    constant([5], 0.1),
  ];
  for (const executable of programs) {
    expect(executable.kernels).toHaveLength(0);
    const { value } = executable.program.equations[0]!.attrs as { value: number };
    const [made] = run(executable, []);
    const { shape, dtype } = executable.program.outputs[0]!;
    expect(made).toMatchObject({ shape, dtype });
    expect(new Set(await download(made!))).toEqual(new Set([Math.fround(value)]));
  }
  expect(constant([100, 100], 1).kernels).toHaveLength(1);
  expect(constant([5], 1, 'float16').kernels).toHaveLength(1);
  expect(constant([5], -0).kernels).toHaveLength(0);
});

test('each run gives an array of its own, whatever its bytes held before', async () => {
  const shape = [1000];
  const ones = upload(new Float32Array(1000).fill(1), { shape, dtype: 'float32' });
  storageOf(ones).dispose();
  const executable = constant(shape, 0);
  const [first, second] = [run(executable, [])[0], run(executable, [])[0]] as [Tensor, Tensor];
  expect(storageOf(first).buffer).not.toBe(storageOf(second).buffer);
  for (const made of [first, second]) expect(await download(made)).toEqual(new Float32Array(1000));
});
