import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as keras from '../src/index.ts';
import { type Tensor, tensorsIn } from '../src/tensor/index.ts';

/** Models that Keras 2 (TensorFlow's) and Keras 3.15 saved, with what they answered there. */
interface SavedCase {
  readonly id: string;
  readonly files: readonly string[];
  /** Whether the model has several inputs. */
  readonly multi: boolean;
  readonly x: never;
  readonly y: unknown;
}
const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(new URL(`data/saved/${name}.gz`, import.meta.url))));
const textOf = (name: string): string => new TextDecoder().decode(bytesOf(name));
const { cases } = JSON.parse(textOf('cases.json')) as { cases: SavedCase[] };

// The function of a Lambda that holds Python code is given by the layer's name.
const customObjects = { dbl: (x: Tensor) => x.mul(2) };
type AnyModel = keras.Model<unknown>;
async function load(name: string): Promise<AnyModel> {
  if (!name.endsWith('.json')) return keras.models.loadModel<AnyModel>(bytesOf(name), { customObjects });
  const model = keras.models.modelFromJson<AnyModel>(textOf(name), { customObjects });
  await model.loadWeights(bytesOf(name.replace('.json', '.h5')));
  return model;
}
const flat = (x: unknown): number[] => (Array.isArray(x) ? x.flatMap(flat) : [x as number]);
async function answers(model: AnyModel, { x, multi }: SavedCase): Promise<number[]> {
  const inputs = multi ? (x as never[]).map((each) => keras.tensor(each)) : keras.tensor(x);
  const outputs = await model.predict(inputs as Tensor);
  return (await Promise.all(tensorsIn(outputs).map(async (y) => flat(await y.array())))).flat();
}
function expectNear(given: readonly number[], expected: readonly number[]): void {
  expect(given.length).toBe(expected.length);
  given.forEach((value, k) => expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-5));
}

for (const c of cases)
  describe(c.id, () => {
    it.each(c.files)('%s answers as in Keras', async (name) => {
      expectNear(await answers(await load(name), c), flat(c.y));
    });
    it('is the same after it was saved and loaded again', async () => {
      const model = await load(c.files[0]!);
      const again = await keras.models.loadModel<AnyModel>(await keras.saving.modelToKeras(model as never), {
        customObjects,
      });
      expectNear(await answers(again, c), flat(c.y));
    });
  });

it('a compiled .h5 file of Keras is loaded compiled, with the state of its optimizer', async () => {
  const model = await load('keras3_adam.h5');
  expect(model.compiled).toBe(true);
  expect(model.optimizer!.className).toBe('Adam');
  expect(await model.optimizer!.iterations.numpy()).toBe(1);
  expect(await model.optimizer!.variables[2]!.value.abs().max().item()).toBeGreaterThan(0);
  expect(await (await load('keras3_identity.h5')).optimizer!.iterations.numpy()).toBe(1);
  // Keras 2 had other variables: the optimizer begins afresh.
  expect((await load('keras2_conv.h5')).optimizer!.className).toBe('Adam');
});
it('a layer that a model within the model uses too is one layer again', async () => {
  const model = await load('keras3_shared.keras');
  expect((model.layers[1] as AnyModel).layers[1]).toBe(model.layers[2]);
});
