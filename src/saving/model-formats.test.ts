import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesIn } from '../formats/file.ts';
import * as keras from '../index.ts';
import type { Found } from './model-format.ts';
import { modelFormats } from './model-formats.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterAll(() => rm(folder, { recursive: true }));

const make = (): keras.Sequential =>
  new keras.Sequential({ layers: [keras.Input({ shape: [3] }), new keras.layers.Dense({ units: 2 })] });
const valuesOf = (model: keras.Model): Promise<unknown[]> => Promise.all(model.getWeights().map((w) => w.array()));
/** The file at a place, as reading sees it. */
async function find(place: string): Promise<Found> {
  const entries = await filesIn(place);
  if (entries) return { place, isFolder: true, entries, bytes: undefined };
  return { place, isFolder: false, bytes: await readFile(place) };
}

describe.each(modelFormats.map((format, k) => ({ format, k })))('model format $k', ({ format, k }) => {
  it('reads the models that it writes, which no other format takes for its own', async () => {
    expect(format.writesModel ?? format.writesWeights ?? format.readModel).toBeDefined();
    for (const [n, ending] of (format.writesModel?.endings ?? []).entries()) {
      const place = join(folder, `model${k}-${n}${ending}`);
      const model = make();
      const options = [{}, { zipped: false }].find((each) => format.writesModel!.isAsked(each))!;
      await keras.saving.saveModel(model, place, options);
      const file = await find(place);
      expect(modelFormats.filter((each) => each.recognises(file))).toEqual([format]);
      const again = await keras.models.loadModel(place);
      expect(await valuesOf(again)).toEqual(await valuesOf(model));
    }
  });
  it('reads the weights that it writes', async () => {
    for (const ending of format.writesWeights?.endings ?? []) {
      const place = join(folder, `model${k}${ending}`);
      const [model, other] = [make(), make()];
      const options = [{}, { maxShardSize: 1 }].find((each) => format.writesWeights!.isAsked(each))!;
      await model.saveWeights(place, options);
      const file = await find(place);
      expect(modelFormats.filter((each) => each.recognises(file))).toEqual([format]);
      await other.loadWeights(place);
      expect(await valuesOf(other)).toEqual(await valuesOf(model));
    }
  });
});

it('refuses names that no format has, and says which ones there are', async () => {
  const model = make();
  const { saveModel, saveWeights } = keras.saving;
  await expect(saveModel(model, 'x.txt')).rejects.toThrow(/"x.txt"[\s\S]*".keras", or ".h5" for the older layout/);
  await expect(saveModel(model, 'x.h5', { zipped: false })).rejects.toThrow(
    /a folder "x.h5"[\s\S]*end the name with nothing/,
  );
  await expect(saveModel(model, 'x.weights.h5')).rejects.toThrow(/weights alone[\s\S]*use saveWeights/);
  await expect(saveWeights(model, 'x.keras')).rejects.toThrow(
    /save weights to "x.keras"[\s\S]*end the name with ".weights.h5"/,
  );
  await expect(saveWeights(model, 'x.weights.h5', { maxShardSize: 1 })).rejects.toThrow(
    /end the name with ".weights.json"/,
  );
  await expect(keras.models.loadModel(new Uint8Array([1, 2, 3]))).rejects.toThrow(/of no kind that is read/);
});
