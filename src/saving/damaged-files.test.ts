import { expect, test } from 'vitest';
import { getH5, type H5Group, readHdf5, writeHdf5 } from '../formats/hdf5.ts';
import { readZip, writeZip } from '../formats/zip.ts';
import * as keras from '../index.ts';

const { layers } = keras;
const small = () => {
  const inputs = keras.Input({ shape: [3] });
  return new keras.Model({ inputs, outputs: new layers.Dense({ units: 2 })(inputs) });
};
const text = new TextEncoder();

test('of an archive only what the model asks for is unpacked', async () => {
  const files = await readZip(await keras.saving.modelToKeras(small()));
  const assets = new Uint8Array(30_000_000);
  const archive = await writeZip({ ...files, 'assets/unread': assets }, { compress: true });
  // Damage within the assets, which come last, is not even noticed.
  archive.fill(0x55, archive.length - 20_000, archive.length - 10_000);
  const model = await keras.models.loadModel(archive);
  expect(model.countParams()).toBe(8);
});

test('a config that asks for more weights than the file can hold is refused before they are made', async () => {
  const files = await readZip(await keras.saving.modelToKeras(small()));
  const config = new TextDecoder().decode(files['config.json']).replace('"units": 2', '"units": 900000000');
  const archive = await writeZip({ ...files, 'config.json': text.encode(config) });
  await expect(keras.models.loadModel(archive)).rejects.toThrow('more weights than the file can hold');
});

test('weights that unpack to more than the model can have use for are refused before they are unpacked', async () => {
  const files = await readZip(await keras.saving.modelToKeras(small()));
  const weights = new Uint8Array(2 ** 26 + 10_000);
  weights.set(files['model.weights.h5']!);
  const archive = await writeZip({ ...files, 'model.weights.h5': weights }, { compress: true });
  await expect(keras.models.loadModel(archive)).rejects.toThrow(/"model.weights.h5": unpacks to \d+ bytes, more than/);
  await expect(small().loadWeights(archive)).rejects.toThrow('do not trust this file');
});

test('a weight under a number that is none of the layer is refused by its layer', async () => {
  const files = await readZip(await keras.saving.modelToKeras(small()));
  const weights = await readHdf5(files['model.weights.h5']!);
  const { children } = getH5(weights, 'layers/dense/vars') as H5Group;
  children['01'] = children['1']!;
  delete children['1'];
  await expect(small().loadWeights(await writeHdf5(weights))).rejects.toThrow(/layers\/dense: entry 1 is no array/);
});
