import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { getH5, getH5Names, getH5Text, type H5Group, isH5Dataset, readHdf5 } from '../../formats/hdf5.ts';
import { readZip } from '../../formats/zip.ts';
import * as keras from '../../index.ts';

interface Numbers {
  readonly shape: number[];
  readonly dtype?: 'int32' | 'float32';
  readonly data: number[];
}
interface Manifest {
  paths: string[];
  weights: { name: string; shape: number[]; dtype: string; quantization?: object }[];
}
/** A model that tfjs 4.22 saved, its inputs, and what it gives for them there. */
interface Case {
  readonly model: { modelTopology: any; weightsManifest: Manifest[]; [key: string]: unknown };
  readonly weights: string;
  readonly inputs: Numbers[];
  readonly outputs: Numbers[];
}
const folder = new URL('../../../test/data/tfjs/', import.meta.url);
const names = readdirSync(folder).map((name) => name.replace('.json.gz', ''));
const read = (name: string): Case =>
  JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, folder))).toString()) as Case;
const tensorOf = ({ data, shape, dtype = 'float32' }: Numbers): keras.Tensor => keras.tensor(data, { shape, dtype });

const places: string[] = [];
afterAll(() => {
  for (const place of places) rmSync(place, { recursive: true });
});
function written(json: object, files: Readonly<Record<string, Uint8Array>>): string {
  const place = mkdtempSync(join(tmpdir(), 'tfjs-'));
  places.push(place);
  writeFileSync(join(place, 'model.json'), JSON.stringify(json));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(place, name), bytes);
  return place;
}
async function judge(model: keras.Model, { inputs, outputs }: Case, tolerance = 1e-5): Promise<void> {
  const found = await model.predict(inputs.length === 1 ? tensorOf(inputs[0]!) : inputs.map(tensorOf));
  const all = (Array.isArray(found) ? found : [found]) as keras.Tensor[];
  expect(all.map(({ shape }) => [...shape])).toEqual(outputs.map(({ shape }) => shape));
  for (const [k, { data }] of outputs.entries()) {
    const numbers = [...(await all[k]!.data())].map(Number);
    numbers.forEach((y, i) => expect(Math.abs(y - data[i]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(data[i]!))));
  }
}

describe.each(names)('the model "%s" of tfjs', (name) => {
  const all = read(name);
  const bytes = new Uint8Array(Buffer.from(all.weights, 'base64'));

  it('gives the same numbers, also after it was saved as .keras', async () => {
    const place = written(all.model, { 'weights.bin': bytes });
    const model = await keras.models.loadModel(place);
    await judge(model, all);
    await model.save(join(place, 'model.keras'));
    await judge(await keras.models.loadModel(join(place, 'model.keras')), all);
  });
});

const cnn = read('cnn');
const cnnBytes = new Uint8Array(Buffer.from(cnn.weights, 'base64'));
/** The same model, its weights in groups and each group in several files. */
function inShards(): { json: Case['model']; files: Record<string, Uint8Array> } {
  const { weights } = cnn.model.weightsManifest[0]!;
  const sizes = weights.map(({ shape }) => 4 * shape.reduce((a, b) => a * b, 1));
  const files: Record<string, Uint8Array> = {};
  let at = 0;
  const weightsManifest = [weights.slice(0, 5), weights.slice(5)].map((group, g) => {
    const end = at + sizes.slice(g === 0 ? 0 : 5, g === 0 ? 5 : undefined).reduce((a, b) => a + b, 0);
    const cuts = [at, at + 101, at + 250, end];
    const paths = [0, 1, 2].map((k) => {
      const name = `group${g + 1}-shard${k + 1}of3.bin`;
      files[name] = cnnBytes.slice(cuts[k], cuts[k + 1]);
      return name;
    });
    at = end;
    return { paths, weights: group };
  });
  return { json: { ...cnn.model, weightsManifest }, files };
}
it('reads groups of weights in shards from a path, a URL with a signature, and files that a user picked', async () => {
  const { json, files } = inShards();
  const place = written(json, files);
  await judge(await keras.models.loadModel(join(place, 'model.json')), cnn);
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const [path, query] = url.split('?');
    if (query !== 'key=7') response.writeHead(403);
    response.end(readFileSync(join(place, path!.replace('/models/', ''))));
  });
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  await judge(await keras.models.loadModel(`http://127.0.0.1:${port}/models/model.json?key=7`), cnn);
  server.close();
  expect(asked.length).toBe(7);
  const picked = [
    ...Object.entries(files).map(([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], name)),
    new File([JSON.stringify(json)], 'model.json'),
  ];
  await judge(await keras.models.loadModel(picked), cnn);
  await expect(keras.models.loadModel(picked.slice(1))).rejects.toThrow(
    /"group1-shard1of3.bin", which is not among the files given/,
  );
  await expect(keras.models.loadModel(picked.at(-1)!)).rejects.toThrow(
    /bytes alone do not lead to[\s\S]*all its files in a list/,
  );
});
it('gives the weights alone to a model', async () => {
  const place = written(cnn.model, { 'weights.bin': cnnBytes });
  const fresh = keras.models.modelFromJson<keras.Model>((await keras.models.loadModel<keras.Model>(place)).toJson());
  await fresh.loadWeights(join(place, 'model.json'));
  await judge(fresh, cnn);
});
it.each([
  ['SGD', { learningRate: 0.5 }, { momentum: 0 }],
  ['Momentum', { learningRate: 0.5, momentum: 0.7, useNesterov: true }, { momentum: 0.7, nesterov: true }],
  ['Adagrad', { learningRate: 0.5, initialAccumulatorValue: 0.2 }, { initialAccumulatorValue: 0.2 }],
  ['Adadelta', { learningRate: 0.5, rho: 0.9, epsilon: 1e-6 }, { rho: 0.9 }],
  ['Adam', { learningRate: 0.5, beta1: 0.8, beta2: 0.99, epsilon: 1e-6 }, { beta1: 0.8, beta2: 0.99, epsilon: 1e-6 }],
  [
    'RMSProp',
    { learningRate: 0.5, decay: 0.8, momentum: 0.1, epsilon: 1e-6, centered: true },
    { rho: 0.8, centered: true },
  ],
])('compiles as the file says, with %s, and leaves its state out', async (class_name, config, expected) => {
  const trainingConfig = {
    loss: 'mean_squared_error',
    metrics: ['accuracy'],
    optimizer_config: { class_name, config },
  };
  const { weights, paths } = cnn.model.weightsManifest[0]!;
  const state = { name: 'conv2d_Conv2D1/kernel/m', shape: [2], dtype: 'float32', group: 'optimizer' };
  const weightsManifest = [{ paths, weights: [...weights, state] }];
  const bytes = new Uint8Array([...cnnBytes, ...new Uint8Array(8)]);
  const place = written({ ...cnn.model, weightsManifest, trainingConfig }, { 'weights.bin': bytes });
  const model = await keras.models.loadModel<keras.Model>(place);
  await judge(model, cnn);
  expect(model.optimizer).toMatchObject(expected);
  expect(Number(await model.optimizer!.learningRate.array())).toBe(0.5);
});

/** What the converter in Python makes of an HDF5 file: layers in the order of their names. */
async function converted(name: string): Promise<{ json: object; weights: Uint8Array; h5: Uint8Array }> {
  const h5 = new Uint8Array(gunzipSync(readFileSync(new URL(`../models/${name}.h5.gz`, folder))));
  const tree = await readHdf5(h5);
  const group = getH5(tree, 'model_weights') as H5Group;
  const [specs, parts]: [object[], Buffer[]] = [[], []];
  for (const layer of Object.keys(group.children).sort())
    for (const path of getH5Names(group.children[layer] as H5Group, 'weight_names') ?? []) {
      const node = getH5(group.children[layer] as H5Group, path)!;
      if (!isH5Dataset(node)) continue;
      const data = Float32Array.from(node.data as ArrayLike<number>, Number);
      specs.push({ name: path.replace(/:0$/, ''), shape: node.shape, dtype: 'float32' });
      parts.push(Buffer.from(data.buffer));
    }
  const modelTopology = {
    keras_version: getH5Text(tree, 'keras_version'),
    backend: 'tensorflow',
    model_config: JSON.parse(getH5Text(tree, 'model_config')!) as object,
  };
  const weightsManifest = [{ paths: ['group1-shard1of1.bin'], weights: specs }];
  const json = {
    format: 'layers-model',
    generatedBy: 'keras',
    convertedBy: 'TensorFlow.js Converter',
    modelTopology,
    weightsManifest,
  };
  return { json, weights: new Uint8Array(Buffer.concat(parts)), h5 };
}
const valuesOf = (model: keras.Model): Promise<unknown[]> => Promise.all(model.getWeights().map((w) => w.array()));
it.each([
  'keras29_conv_bn_dense',
  'keras29_mobile_block',
  'keras29_sequential_text',
  'keras2_written_cnn',
  'keras2_written_nested',
  'keras2_written_rnn',
  'fun_shared',
  'nested_models',
])('reads what the converter makes of %s.h5', async (name) => {
  const { json, weights, h5 } = await converted(name);
  const model = await keras.models.loadModel<keras.Model>(written(json, { 'group1-shard1of1.bin': weights }));
  const same = await keras.models.loadModel<keras.Model>(h5, { compile: false });
  expect(await valuesOf(model)).toEqual(await valuesOf(same));
  expect(model.layers.map((layer) => layer.className)).toEqual(same.layers.map((layer) => layer.className));
});
it.each(['seq_cnn', 'fun_residual', 'rnn_mix'])('reads what the converter makes of %s.keras', async (name) => {
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL(`../models/${name}.keras.gz`, folder))));
  const files = await readZip(bytes);
  const config = JSON.parse(Buffer.from(files['config.json']!).toString(), (key, value: unknown) =>
    ['module', 'registered_name'].includes(key) ? undefined : value,
  ) as object;
  const [specs, parts]: [object[], Buffer[]] = [[], []];
  const visit = (group: H5Group, path: string): void => {
    for (const [key, node] of Object.entries(group.children))
      if (!isH5Dataset(node)) visit(node, `${path}${key}/`);
      else if (!path.startsWith('optimizer')) {
        specs.push({ name: path + key, shape: node.shape, dtype: 'float32' });
        parts.push(Buffer.from(Float32Array.from(node.data as ArrayLike<number>, Number).buffer));
      }
  };
  visit(await readHdf5(files['model.weights.h5']!), '');
  const modelTopology = { keras_version: '3.4.1', model_config: config };
  const json = { format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['w.bin'], weights: specs }] };
  const place = written(json, { 'w.bin': new Uint8Array(Buffer.concat(parts)) });
  const model = await keras.models.loadModel<keras.Model>(place, { compile: false });
  expect(await valuesOf(model)).toEqual(await valuesOf(await keras.models.loadModel<keras.Model>(bytes)));
});

describe('a damaged model.json', () => {
  const load = (json: object, bytes: Uint8Array = cnnBytes): Promise<unknown> =>
    keras.models.loadModel(written(json, { 'weights.bin': bytes }));
  const manifest = cnn.model.weightsManifest[0]!;
  const changed = (change: (group: any) => void): Case['model'] => {
    const group = structuredClone(manifest);
    change(group);
    return { ...cnn.model, weightsManifest: [group] };
  };
  it.each([
    [
      'a graph model',
      { format: 'graph-model', modelTopology: { node: [] }, weightsManifest: [] },
      /graph model[\s\S]*tfjs_layers_model/,
    ],
    ['one without weights', { modelTopology: cnn.model.modelTopology }, /lists no weights/],
    ['a path out of the folder', changed((g) => (g.paths = ['../../etc/passwd'])), /no plain relative path/],
    ['a path to elsewhere', changed((g) => (g.paths = ['http://example.org/x'])), /no plain relative path/],
    ['a file listed twice', changed((g) => (g.paths = ['weights.bin', 'weights.bin'])), /listed twice/],
    ['a weight listed twice', changed((g) => (g.weights[1].name = g.weights[0].name)), /listed twice/],
    ['a huge weight', changed((g) => (g.weights[0].shape = [2 ** 40, 2 ** 40])), /no array is that large/],
    ['a weight larger than the file', changed((g) => (g.weights[0].shape = [2 ** 30, 999])), /hold 2304 of the/],
    ['a negative size', changed((g) => (g.weights[0].shape = [-1])), /weights\[0\].shape\[0\]: expected a size/],
    ['strings', changed((g) => (g.weights[0].dtype = 'string')), /dtype string/],
    [
      'a strange quantization',
      changed((g) => (g.weights[0].quantization = { dtype: 'float16', scale: 1 })),
      /hold more than|more than/,
    ],
    [
      'no scale',
      changed((g) => (g.weights[0].quantization = { dtype: 'uint8' })),
      /quantization.scale: expected a number/,
    ],
    [
      'another name',
      changed((g) => (g.weights[0].name = 'other/gain')),
      /nothing for "conv2d_Conv2D1\/kernel"[\s\S]*"other\/gain"/,
    ],
  ])('is refused: %s', async (_, json, message) => {
    await expect(load(json)).rejects.toThrow(message);
  });
});
