import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as keras from '../index.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'saving-'))));
afterAll(() => rm(folder, { recursive: true }));

const make = (units = 3): keras.Model =>
  new keras.Sequential([keras.Input({ shape: [4] }), new keras.layers.Dense({ units, name: 'first' })]);
const x = keras.tensor([[1, 2, 3, 4]]);
const answers = async (model: keras.Model): Promise<unknown> => (await model.predict(x)).array();

it.each(['model.keras', 'model.h5'])('reads the %s it wrote', async (name) => {
  const model = make();
  model.compile({ optimizer: 'adam', loss: 'mse' });
  await model.save(join(folder, name));
  const again = await keras.models.loadModel<keras.Model>(join(folder, name));
  expect(await answers(again)).toEqual(await answers(model));
});
it('gives the weights of every kind of file to a model', async () => {
  const model = make();
  for (const name of ['w.keras', 'w.h5']) await model.save(join(folder, name));
  await model.saveWeights(join(folder, 'w.weights.h5'));
  for (const name of ['w.keras', 'w.h5', 'w.weights.h5']) {
    const other = make();
    await other.loadWeights(join(folder, name));
    expect(await answers(other)).toEqual(await answers(model));
  }
});
it('refuses weights of another architecture and says which do not fit', async () => {
  const path = join(folder, 'small.weights.h5');
  await make(2).saveWeights(path);
  await expect(make(3).loadWeights(path)).rejects.toThrow(/first|layers\/dense/);
});
it('refuses a truncated file', async () => {
  const path = join(folder, 'whole.keras');
  await make().save(path);
  const bytes = new Uint8Array(await readFile(path));
  await expect(keras.models.loadModel(bytes.slice(0, bytes.length / 2))).rejects.toThrow(keras.HornbeamError);
});
it('names a class that it does not know', () => {
  const text = make().toJson().replace('"Dense"', '"Dance"');
  expect(() => keras.models.modelFromJson(text)).toThrow(/"Dance".*\n.*registerKerasSerializable/);
});
it('refuses text that is no model', () => {
  expect(() => keras.models.modelFromJson('{')).toThrow('no JSON');
  expect(() => keras.models.modelFromJson('3')).toThrow('describes no model');
});
