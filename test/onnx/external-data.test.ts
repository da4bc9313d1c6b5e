import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { runOnnx } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));
const x = keras.Input({ shape: [40], name: 'x' });
const hidden = new keras.layers.Dense({ units: 64, activation: 'relu', name: 'hidden' })(x);
const model = new keras.Model({ inputs: x, outputs: new keras.layers.Dense({ units: 3, name: 'y' })(hidden) });
const given = keras.random.normal([2, 40], { seed: 1 });
const numbers = async (t: keras.Tensor): Promise<number[]> => Array.from((await t.data()) as Float32Array);

test('weights in a file of their own are read here and by ONNX Runtime', async () => {
  const path = join(folder, 'model.onnx');
  await model.export(path, { externalData: true });
  expect(readdirSync(folder).sort()).toEqual(['model.onnx', 'model.onnx.data']);
  // The bias of 64 numbers is small, and stays.
  expect(statSync(`${path}.data`).size).toBe(64 * 40 * 4);
  expect(statSync(path).size).toBeLessThan(3000);
  const wanted = await numbers(model(given) as keras.Tensor);
  for (const place of [path, pathToFileURL(path)]) {
    const again = await keras.models.loadModel<keras.Model>(place);
    (await numbers(again(given) as keras.Tensor)).forEach((v, k) => void expect(v).toBeCloseTo(wanted[k]!, 5));
  }
  const files = ['model.onnx', 'model.onnx.data'].map((name) => new File([readFileSync(join(folder, name))], name));
  const dropped = await keras.models.loadModel<keras.Model>(files);
  (await numbers(dropped(given) as keras.Tensor)).forEach((v, k) => void expect(v).toBeCloseTo(wanted[k]!, 5));
  const [answer] = Object.values(
    await runOnnx(readFileSync(path), [given], { 'model.onnx.data': readFileSync(`${path}.data`) }),
  );
  answer!.data.forEach((v, k) => void expect(v).toBeCloseTo(wanted[k]!, 5));

  truncateSync(`${path}.data`, 1000);
  await expect(keras.models.loadModel(path)).rejects.toThrow('lies beyond the end of "model.onnx.data"');
  rmSync(`${path}.data`);
  await expect(keras.models.loadModel(path)).rejects.toThrow('model.onnx.data');
});

test('one file is one file', async () => {
  await expect(keras.saving.modelToOnnx(model as never, { externalData: true })).rejects.toThrow('asks for two');
});
