import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { resetNames } from '../../src/base/naming.ts';
import { type H5Group, isH5Dataset, readHdf5 } from '../../src/formats/hdf5.ts';
import { readZip } from '../../src/formats/zip.ts';
import * as keras from '../../src/index.ts';
import { modelToKeras, type SavedModel } from '../../src/saving/index.ts';
import { tensorsIn } from '../../src/tensor/index.ts';
import { expectNumbers, expectSame, isStored, numbersOf, type Stored, withTensors } from './cases.ts';
import { customObjects, TwoTower } from './custom-objects.ts';
import { fileOf, inputsOf, type ModelCase, missingLayers, modelCases, textOf } from './model-cases.ts';

type AnyModel = keras.Model<unknown> & SavedModel;
const load = async (file: string): Promise<AnyModel> =>
  keras.models.loadModel<AnyModel>(fileOf(file), { customObjects });

const flatStored = (x: unknown): Stored[] =>
  isStored(x) ? [x] : typeof x === 'object' && x !== null ? Object.values(x).flatMap(flatStored) : [];

async function expectAnswers(model: AnyModel, c: ModelCase): Promise<void> {
  const outputs = tensorsIn(await model.predict(inputsOf(c) as keras.Tensor));
  const expected = flatStored(c.outputs);
  expect(outputs.length).toBe(expected.length);
  outputs.forEach((y, k) => expectSame(y, expected[k]!, [c.rtol ?? 1e-4, c.atol ?? 1e-5], `output ${k}`));
}
function expectWeights(model: AnyModel, c: ModelCase): void {
  if (!c.weights) return;
  // A wrapper's layers are built from their own configs before it, in Keras too: their paths then begin with them.
  for (const [k, { path }] of c.weights.entries()) expect(path).toMatch(endingIn(model.weights[k]!.path));
  expect(model.weights.length).toBe(c.weights.length);
  model.weights.forEach((v, k) => expectSame(v.value, c.weights![k]!.value, [0, 0], v.path));
}
const endingIn = (path: string): RegExp => new RegExp(`(^|/|_)${path}$`);
const configIn = async (bytes: Uint8Array): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode((await readZip(bytes))['config.json']));

/** A config without the numbers of the dtype policies that layers share: they are addresses in Python's memory. */
function withoutPolicyNumbers(given: unknown): unknown {
  let x = given;
  if (Array.isArray(x)) return x.map(withoutPolicyNumbers);
  if (typeof x !== 'object' || x === null) return x;
  const { module } = x as { module?: string | null };
  // A custom class has a module in Python only, and the package it was registered in there.
  if (module !== undefined && !module?.startsWith('keras')) x = { ...x, module: null, registered_name: null };
  const entries = Object.entries(x as object).filter(([key]) => key !== 'shared_object_id');
  return Object.fromEntries(entries.map(([k, v]) => [k, withoutPolicyNumbers(v)]));
}

/** Paths of all members, those of datasets with dtype and shape, and the names of saved objects. */
function pathsIn(group: H5Group, path = ''): string[] {
  return Object.entries(group.children).flatMap(([name, node]) => {
    const own = `${path}/${name}`;
    if (isH5Dataset(node)) return [`${own} ${node.dtype}[${node.shape?.join()}]`];
    const { name: label } = node.attributes;
    return [label ? `${own} "${String(label.data[0])}"` : own, ...pathsIn(node, own)];
  });
}

beforeEach(resetNames);

const files = modelCases.filter((c) => c.kind === 'model_file' || c.kind === 'model_assets');
const keras3 = files.filter((c) => c.files.some((f) => f.endsWith('.keras')));

/** Files that cannot be tried yet, and what they need. */
const notRun = new Map<string, readonly string[]>();

for (const c of keras3) {
  const file = `${c.id}.keras`;
  const config = (await configIn(fileOf(file))) as keras.saving.Config;
  const missing = missingLayers(config);
  if (missing.length > 0) {
    notRun.set(`${c.id}.keras`, missing);
    continue;
  }
  describe(c.id, () => {
    it('answers as in Keras when loaded', async () => {
      const model = await load(file);
      expectWeights(model, c);
      await expectAnswers(model, c);
    });
    it('is saved as Keras saves it', async () => {
      const model = await load(file);
      const again = await modelToKeras(model);
      expect(withoutPolicyNumbers(await configIn(again))).toEqual(withoutPolicyNumbers(config));
      const [ours, theirs] = await Promise.all(
        [again, fileOf(file)].map(async (bytes) => readHdf5((await readZip(bytes))['model.weights.h5']!)),
      );
      expect(pathsIn(ours!).sort()).toEqual(pathsIn(theirs!).sort());
      const text = new TextDecoder();
      const assets = Object.entries(await readZip(again)).filter(([name]) => name.startsWith('assets/'));
      expect(Object.fromEntries(assets.map(([name, bytes]) => [name, text.decode(bytes)]))).toEqual(c.assets ?? {});
    });
    if (c.optimizer_variables)
      it("has the optimizer's state", async () => {
        const { optimizer } = await load(file);
        const stored = c.optimizer_variables!;
        expect(optimizer!.variables.length).toBe(stored.length);
        optimizer!.variables.forEach((v, k) => {
          expect(stored[k]!.path).toMatch(endingIn(v.path.split('/').at(-1)!));
        });
        optimizer!.variables.forEach((v, k) => expectSame(v.value, stored[k]!.value, [0, 0], v.path));
      });
    if (c.next_step)
      it('takes the step that Keras took next', async () => {
        const model = await load(file);
        const { y, logs, weights } = c.next_step!;
        const found = await model.trainOnBatch(inputsOf(c) as never, withTensors(y) as never, { returnDict: true });
        for (const [name, value] of Object.entries(logs))
          expectNumbers([(found as Record<string, number>)[name]!], numbersOf(value), [1e-4, 1e-5], name);
        expect(model.weights.length).toBe(weights.length);
        model.weights.forEach((v, k) => expectSame(v.value, weights[k]!, [1e-3, 2e-5], v.path));
      });
    if (c.files.includes(`${c.id}.weights.h5`) && c.files.includes(`${c.id}.json`))
      it('takes weights of their own file', async () => {
        const model = keras.models.modelFromJson(textOf(`${c.id}.json`), { customObjects }) as unknown as AnyModel;
        await model.loadWeights(fileOf(`${c.id}.weights.h5`));
        expectWeights(model, c);
        await expectAnswers(model, c);
      });
  });
}

const legacy = modelCases
  .filter((c) => !c.h5_load_fails_in_keras)
  .flatMap((c) => c.files.filter((f) => f === `${c.id}.h5`).map(() => c));
for (const c of legacy) {
  const of3 = c.files.includes(`${c.id}.json`) ? missingLayers(JSON.parse(textOf(`${c.id}.json`))) : [];
  if (of3.length > 0) {
    notRun.set(`${c.id}.h5`, of3);
    continue;
  }
  it(`${c.id}.h5 answers as in Keras when loaded`, async () => {
    const model = await load(`${c.id}.h5`);
    await expectAnswers(model, c);
    if (c.compiled) expect(model.compiled).toBe(true);
  });
}

for (const c of modelCases.filter(({ weights_only }) => weights_only))
  it(`${String(c.weights_only)} gives its weights to the model of ${c.id}`, async () => {
    const model = await load(`${c.id}.h5`);
    model.setWeights(model.weights.map((v) => keras.ops.zeros(v.shape)));
    await model.loadWeights(fileOf(String(c.weights_only)));
    await expectAnswers(model, c);
  });

describe('folders and shards', () => {
  let folder = '';
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'models-'))));
  afterAll(() => rm(folder, { recursive: true }));
  const unpack = async (files: readonly string[]): Promise<void> => {
    for (const name of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), fileOf(name));
    }
  };
  for (const c of modelCases.filter(({ kind }) => kind === 'model_folder'))
    it(`${c.id} answers as in Keras when loaded`, async () => {
      await unpack(c.files);
      await expectAnswers(await keras.models.loadModel<AnyModel>(join(folder, c.id)), c);
    });
  for (const c of modelCases.filter(({ kind }) => kind === 'model_shards'))
    it(`${c.id} give their weights, and are written as Keras writes them`, async () => {
      await unpack(c.files);
      const model = keras.saving.modelFromConfig(c.model!) as unknown as AnyModel;
      const list = c.files.find((name) => name.endsWith('.json'))!;
      await model.loadWeights(join(folder, list));
      await expectAnswers(model, c);
      const { weight_map: map } = JSON.parse(textOf(list)) as { weight_map: Record<string, unknown> };
      await model.saveWeights(join(folder, 'again.weights.json'), { maxShardSize: 1 });
      const again = JSON.parse(await readFile(join(folder, 'again.weights.json'), 'utf8'));
      expect(Object.keys(again.weight_map)).toEqual(Object.keys(map));
    });
});

for (const c of modelCases.filter(({ files: names }) => names.length === 1 && names[0]!.endsWith('.weights.h5')))
  it(`${c.files[0]} gives a subclassed model its weights`, async () => {
    const model = new TwoTower() as unknown as AnyModel;
    model(keras.ops.zeros([1, 6]));
    await model.loadWeights(fileOf(c.files[0]!));
    expectWeights(model, c);
    notRun.set(`${c.id}: answers`, ['how the class calls its layers']);
  });

it('every case is run, but for those that need what is not here yet', () => {
  if (notRun.size > 0)
    console.log([...notRun].map(([name, needs]) => `not run: ${name}, needs ${needs.join(', ')}`).join('\n'));
  const needed = new Set([...notRun.values()].flat());
  for (const name of needed)
    expect(name in keras.layers || name in keras, `${name} is here, but cases are left out`).toBe(false);
  expect([...notRun.keys()].sort()).toEqual(['subclassed: answers']);
});
