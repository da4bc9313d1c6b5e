import { expect, test } from 'vitest';
import type { DType } from '../base/dtype.ts';
import { sum } from '../ops/index.ts';
import { grad, jit, type Tensor, tensor } from '../tensor/index.ts';
import { setRandomSeed } from './global-seed.ts';
import { categorical, dropout, normal, SeedGenerator, uniform } from './index.ts';
import { forgetGlobalSeed } from './seed-generator.ts';

test('a seed generator counts on inside of compiled functions', () => {
  const seeds = new SeedGenerator({ seed: 7 });
  const draw = jit(() => normal([3], { seed: seeds }));
  const eager = new SeedGenerator({ seed: 7 });
  for (let k = 0; k < 3; k++) expect([...draw().dataSync()]).toEqual([...normal([3], { seed: eager }).dataSync()]);
  expect([...seeds.state.value.dataSync()]).toEqual([7, 3]);
});

test('draws without a seed repeat when the global seed is set again', () => {
  const draw = (): number[] => {
    setRandomSeed(3);
    return [...uniform([4]).dataSync(), ...uniform([4]).dataSync()];
  };
  const first = draw();
  expect(draw()).toEqual(first);
  expect(new Set(first).size).toBe(8);
});

test('the gradient of dropout passes where the value was kept', () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8], { dtype: 'float32' });
  const kept = dropout(x, 0.5, { seed: 5 }).dataSync();
  const g = grad((y: Tensor) => sum(dropout(y, 0.5, { seed: 5 })))(x);
  expect([...g.dataSync()]).toEqual([...kept].map((y) => (y === 0 ? 0 : 2)));
});

test('dropout is one kernel, and refuses rates that are no probabilities', () => {
  const key = tensor([1, 2], { dtype: 'uint32' });
  const f = jit((x: Tensor, k: Tensor) => dropout(x, 0.3, { seed: k }));
  expect(f.compile(tensor(new Float32Array(64)), key).kernels.length).toBe(1);
  expect(() => dropout([1], 1.5)).toThrow('the rate is 1.5');
});

test('the first draw without a seed may be inside a compiled function', async () => {
  forgetGlobalSeed();
  const draw = jit(() => normal([2]));
  const [first, second] = [await draw().array(), await draw().array()];
  expect(second).not.toEqual(first);
});

test('the noise of a categorical draw has the type of the logits', async () => {
  const logits = (dtype: DType): Tensor => tensor([[0, 1, -1, 0.5]], { dtype });
  const draw = (dtype: DType): Promise<unknown> => categorical(logits(dtype), 12, { seed: 42 }).array();
  // As Keras draws on JAX.
  expect(await draw('float16')).toEqual([[3, 1, 1, 1, 1, 1, 3, 3, 0, 3, 1, 3]]);
  expect(await draw('bfloat16')).toEqual([[1, 0, 1, 1, 0, 1, 2, 1, 1, 1, 1, 1]]);
});
