import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { writeSafetensors } from '../formats/safetensors.ts';
import * as keras from '../index.ts';

const path = join(tmpdir(), `weights-${process.pid}.safetensors`);
afterAll(() => rmSync(path, { force: true }));

const network = (units = 3): keras.Model =>
  new keras.Sequential([
    keras.Input({ shape: [4] }),
    new keras.layers.Dense({ units: 5, name: 'first', dtype: 'bfloat16' }),
    new keras.layers.BatchNormalization({ name: 'norm' }),
    new keras.layers.Dense({ units, name: 'last' }),
  ]);
const numbersOf = (model: keras.Model) => Promise.all(model.weights.map((v) => v.value.array()));

it('writes weights by their paths, and reads them into a model of the same names', async () => {
  const [model, other] = [network(), network()];
  await model.saveWeights(path);
  expect(await numbersOf(other)).not.toEqual(await numbersOf(model));
  await other.loadWeights(path);
  expect(await numbersOf(other)).toEqual(await numbersOf(model));
  await expect(model.saveWeights(path, { overwrite: false })).rejects.toThrow('exists');
  expect(existsSync(path)).toBe(true);
});

it('maps names by a function, and converts dtypes', async () => {
  const model = network();
  const asTorch = (name: string): string | null =>
    name.startsWith('layers/dense_1') ? `head.${name.endsWith('kernel') ? 'weight' : 'bias'}` : null;
  const file = writeSafetensors(
    new Map([
      ['head.weight', { dtype: 'float16', shape: [5, 3], data: new Uint16Array(15).fill(0x3c00) }],
      ['head.bias', { dtype: 'int64', shape: [3], data: BigInt64Array.of(1n, 2n, 3n) }],
    ]),
  );
  const before = await model.weights[0]!.value.array();
  await model.loadWeights(file, { rename: asTorch });
  const last = model.getLayer('last') as keras.layers.Dense;
  expect(await last.kernel.value.array()).toEqual(new Array(5).fill([1, 1, 1]));
  expect(await last.bias!.value.array()).toEqual([1, 2, 3]);
  expect(await model.weights[0]!.value.array()).toEqual(before);
  await expect(model.loadWeights(file)).rejects.toThrow('the model has no weight for "head.bias", "head.weight"');
  await expect(model.saveWeights(path, { rename: () => 'x' })).rejects.toThrow('rename gave "x" to two weights');
});

it('changes nothing unless everything fits, or says what was left', async () => {
  await network().saveWeights(path);
  const other = network(2);
  const before = await numbersOf(other);
  await expect(other.loadWeights(path)).rejects.toThrow('"layers/dense_1/kernel" has shape (5, 3), the weight (5, 2)');
  expect(await numbersOf(other)).toEqual(before);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    await other.loadWeights(path, { skipMismatch: true });
    expect(warn.mock.calls.join()).toContain('what does not fit was left as it is');
  } finally {
    warn.mockRestore();
  }
  expect(await numbersOf(other)).not.toEqual(before);
});
