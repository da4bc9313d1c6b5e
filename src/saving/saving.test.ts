import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as keras from '../index.ts';
import { weightsFromH5 } from './keras/read-weights.ts';
import { weightsToH5 } from './keras/weights.ts';
import { modelToH5 } from './legacy/h5-model.ts';

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
it('keeps short names of metrics in .h5 files', async () => {
  const model = make(1);
  model.compile({ optimizer: 'sgd', loss: 'mae', metrics: ['mae', 'mse', 'mape', 'msle', 'bce'] });
  await model.fit(x, [[1]], { verbose: 0 });
  await model.save(join(folder, 'names.h5'));
  const again = await keras.models.loadModel<keras.Model>(join(folder, 'names.h5'));
  const [before, after] = await Promise.all(
    [model, again].map((m) => m.evaluate(x, [[1]], { returnDict: true, verbose: 0 })),
  );
  expect(after).toEqual(before);
  expect(Object.keys(after!)).toContain('mae');
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

it('writes and reads a folder, and weights in shards', async () => {
  const model = make();
  model.compile({ optimizer: 'adam', loss: 'mse' });
  await model.fit(x, keras.tensor([[1, 2, 3]]), { verbose: 0 });
  await model.save(join(folder, 'model'), { zipped: false });
  const again = await keras.models.loadModel<keras.Model>(join(folder, 'model'));
  expect(await answers(again)).toEqual(await answers(model));
  expect(await again.optimizer!.iterations.numpy()).toBe(1);
  const list = join(folder, 'shards.weights.json');
  await model.saveWeights(list, { maxShardSize: 1e-7 });
  const { metadata, weight_map: map } = JSON.parse(await readFile(list, 'utf8'));
  expect(metadata.total_size).toBe(4 * (15 * 3 + 2));
  expect(map['/layers/dense/vars']).toContain('shards_00000.weights.h5');
  expect(Object.keys(map)).toEqual(['/layers/dense/vars', '/optimizer/vars']);
  for (const place of [list, join(folder, 'model')]) {
    const other = make();
    await other.loadWeights(place);
    expect(await answers(other)).toEqual(await answers(model));
  }
  await expect(model.saveWeights(list, { maxShardSize: 1e-9 })).rejects.toThrow('more than maxShardSize');
});
const text = (x: string): Uint8Array => new TextEncoder().encode(x);
it.each([
  ['JSON', text('{"class_name": "Sequential"}'), /JSON text.*\n.*modelFromJson/],
  ['YAML', text('backend: tensorflow\nclass_name: Sequential\n'), /YAML.*\n.*modelFromJson/],
  [
    'a graph of TensorFlow.js',
    text('{"format": "graph-model", "modelTopology": {}}'),
    /graph model.*\n.*tfjs_layers_model/,
  ],
  ['a pickle', new Uint8Array([0x80, 4, 0x95, 0]), /pickle.*\n.*Python/],
  ['a list of shards', text('{"metadata": {}, "weight_map": {}}'), /shards.*\n.*loadWeights/],
  ['nothing', new Uint8Array(0), 'empty file'],
])('says what the file is: %s', async (_, bytes, message) => {
  await expect(keras.models.loadModel(bytes)).rejects.toThrow(message);
  await expect(make().loadWeights(bytes)).rejects.toThrow(message);
});
it('says that text is YAML or of TensorFlow.js', () => {
  expect(() => keras.models.modelFromJson('class_name: Sequential\nconfig: {}')).toThrow('YAML');
  expect(() => keras.models.modelFromJson('{"modelTopology": {}}')).toThrow('TensorFlow.js');
});

it('reads the weights of a file whose groups are named as Windows separates folders', async () => {
  const model = make();
  const file = await weightsToH5(model as never);
  const { dense } = (file.children['layers'] as typeof file).children;
  const windows = { attributes: file.attributes, children: { '_layer_checkpoint_dependencies\\dense': dense! } };
  const other = make();
  weightsFromH5(other as never, windows);
  expect(await answers(other)).toEqual(await answers(model));
});

it.each(['model.weights.h5', 'model.h5'])(
  '%s holds the weights of one moment, whatever happens meanwhile',
  async (name) => {
    const model = new keras.Sequential([
      keras.Input({ shape: [2] }),
      new keras.layers.Dense({ units: 2, kernelInitializer: 'ones', biasInitializer: 'ones' }),
      new keras.layers.Dense({ units: 2, kernelInitializer: 'ones', biasInitializer: 'ones' }),
    ]);
    const bytes = name === 'model.h5' ? modelToH5(model) : weightsToH5(model as never);
    let isWritten = false;
    void bytes.then(() => (isWritten = true));
    // As a step of training would, between any two of the turns that the writer waits.
    for (let turn = 0; !isWritten && turn < 100; turn++) {
      for (const v of model.weights) v.assign(keras.ops.zeros(v.shape));
      await Promise.resolve();
    }
    const numbers = (node: object): number[] =>
      'data' in node
        ? Array.from(node.data as Float32Array, Number)
        : Object.values((node as { children: object }).children).flatMap(numbers);
    const held = numbers((await bytes) as object);
    expect(held).toEqual(held.map(() => 1));
    expect(held.length).toBe(12);
  },
);
