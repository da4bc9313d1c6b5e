import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { protobuf } from '../../src/formats/protobuf.ts';
import * as keras from '../../src/index.ts';
import { modelToOnnx } from '../../src/saving/onnx/export-model.ts';
import type { OnnxModel } from '../../src/saving/onnx/export-options.ts';
import { type GraphMessage, type ModelMessage, modelSchema, type NodeMessage } from '../../src/saving/onnx/schema.ts';
import { tensorsIn } from '../../src/tensor/index.ts';
import { runOnnx } from './session.ts';

const { layers } = keras;
const folder = new URL('../data/onnx/', import.meta.url);
const read = (name: string): Uint8Array => new Uint8Array(gunzipSync(readFileSync(new URL(`${name}.gz`, folder))));
interface Told {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: readonly number[];
}
const tensorOf = ({ shape, dtype, data }: Told): keras.Tensor =>
  keras.ops.reshape(keras.ops.convertToTensor([...data], { dtype }), shape);

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(found, (y, k) => Math.abs(y - expected[k]!)));
  expect(worst / largest).toBeLessThan(1e-5);
}

/** Layers that say what the reader made of each network. */
const seen: Readonly<Record<string, readonly string[]>> = {
  bert: ['Embedding', 'Dense', 'LayerNormalization', 'Softmax'],
  branches: ['If'],
  choice_dynamo: ['If'],
  counted: ['Loop'],
  grown: ['Concatenate'],
  mobilenet: ['DepthwiseConv2D', 'Conv2D', 'AveragePooling2D', 'GlobalAveragePooling2D', 'ReLU'],
  moved: ['Conv2D', 'ReLU', 'MaxPooling2D', 'Reshape', 'Dense'],
  resnet: ['Conv2D', 'MaxPooling2D', 'Add', 'Flatten', 'Dense'],
  rounds: ['Loop', 'Dense'],
  scan_dynamo: ['Scan'],
  scan_lstm: ['Scan'],
  sequence: ['LSTM', 'GRU', 'Dense'],
  sequence_dynamo: ['LSTM', 'GRU', 'Dense'],
  text: ['Conv1D', 'MaxPooling1D', 'ELU', 'Dense'],
  unet: ['Conv2DTranspose', 'GroupNormalization', 'UpSampling2D', 'Concatenate'],
  vit: ['Conv2D', 'LayerNormalization', 'Dense', 'Softmax'],
  vit_dynamo: ['Conv2D', 'LayerNormalization', 'Dense', 'Softmax'],
  while_dynamo: ['Loop'],
  while_rnn: ['Loop'],
};
for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx.gz'))) {
  const name = file.slice(0, -'.onnx.gz'.length);
  test(`${name} answers as where it comes from, can be saved, and exported again`, async () => {
    const model = await keras.models.loadModel<keras.Model & OnnxModel>(read(`${name}.onnx`));
    const { inputs, outputs } = JSON.parse(new TextDecoder().decode(read(`${name}.json`))) as Record<string, Told[]>;
    const given = inputs!.map(tensorOf);
    // A number is no batch that predict could cut.
    const run = async (m: keras.Model) =>
      given.some(({ shape }) => shape.length === 0)
        ? tensorsIn(m(given))
        : tensorsIn(await m.predict(given.length === 1 ? given[0] : given, { verbose: 0 }));
    const answers = await run(model);
    for (const [k, { shape, data }] of outputs!.entries()) {
      expect(answers[k]!.shape).toEqual(shape);
      expectClose((await answers[k]!.data()) as ArrayLike<number>, data);
    }
    const kinds = new Set(model.layers.map(({ className }) => className));
    for (const kind of seen[name]!) expect(kinds).toContain(kind);
    const again = await keras.models.loadModel<keras.Model>(await keras.saving.modelToKeras(model));
    for (const [k, y] of (await run(again)).entries())
      expectClose((await y.data()) as ArrayLike<number>, (await answers[k]!.data()) as ArrayLike<number>);
    const back = Object.values(await runOnnx(await modelToOnnx(model, {}), given));
    for (const [k, { data }] of outputs!.entries()) expectClose(back[k]!.data, data);
  });
}

/** A model whose weights are no zeros and ones. */
function network(): keras.Model & OnnxModel {
  const x = keras.Input({ shape: [9, 8, 3], name: 'image' });
  let y = new layers.Conv2D({ filters: 6, kernelSize: 3, padding: 'same', strides: 2, activation: 'relu' })(x);
  y = new layers.BatchNormalization({ name: 'norm' })(y);
  y = new layers.DepthwiseConv2D({ kernelSize: 3, activation: 'gelu' })(y);
  y = new layers.Conv2DTranspose({ filters: 4, kernelSize: 3, strides: 2 })(y);
  y = new layers.AveragePooling2D({ poolSize: 2, padding: 'same' })(y);
  y = new layers.LayerNormalization()(new layers.Flatten()(y));
  y = new layers.Dense({ units: 5, activation: 'softmax', name: 'answer' })(y);
  const model = new keras.Model({ inputs: x, outputs: y });
  for (const v of model.weights) v.assign(keras.random.uniform(v.shape, { minval: 0.5, maxval: 1.5, seed: 3 }));
  return model as keras.Model & OnnxModel;
}
const contents = async (bytes: Uint8Array): Promise<ModelMessage> =>
  (await protobuf()).decode('test', modelSchema, bytes) as ModelMessage;

test('what was exported is read again as the layers that it was made of', async () => {
  const model = network();
  const bytes = await modelToOnnx(model, {});
  const again = await keras.models.loadModel<keras.Model>(bytes);
  const x = keras.random.normal([3, 9, 8, 3], { seed: 1 });
  const [a, b] = [model.predict(x, { verbose: 0 }), again.predict(x, { verbose: 0 })];
  expectClose((await (await b).data()) as ArrayLike<number>, (await (await a).data()) as ArrayLike<number>);
  const kinds = again.layers.map(({ className }) => className);
  for (const kind of [
    'Conv2D',
    'BatchNormalization',
    'DepthwiseConv2D',
    'Conv2DTranspose',
    'LayerNormalization',
    'Dense',
  ])
    expect(kinds).toContain(kind);
  // Neither way moves the axes of images that stay images.
  expect(kinds).not.toContain('Permute');
});

test('operators have the names people know, and nodes and weights those of layers', async () => {
  const { graph, opsetImport } = await contents(await modelToOnnx(network(), { opsetVersion: 20 }));
  expect(opsetImport).toEqual([{ domain: '', version: 20 }]);
  const kinds = graph!.node!.map(({ opType }) => opType);
  for (const kind of [
    'Conv',
    'Relu',
    'BatchNormalization',
    'Gelu',
    'ConvTranspose',
    'LayerNormalization',
    'MatMul',
    'Softmax',
  ])
    expect(kinds).toContain(kind);
  expect(graph!.input!.map(({ name }) => name)).toEqual(['image']);
  expect(graph!.output!.map(({ name }) => name)).toEqual(['answer']);
  expect(graph!.node!.map(({ name }) => name)).toContain('answer/MatMul');
  expect(graph!.initializer!.map(({ name }) => name)).toContain('answer/kernel');
  expect(graph!.input![0]!.type!.tensorType!.shape!.dim![0]).toEqual({ dimParam: 'batch' });
});

test('a model after an ONNX file is trained further', async () => {
  const model = await keras.models.loadModel<keras.Model>(read('resnet.onnx'));
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const x = keras.random.normal([4, 3, 32, 32], { seed: 1 });
  const before = await model.weights[0]!.value.array();
  await model.fit(x, keras.ops.zeros([4, 10]), { epochs: 1, verbose: 0 });
  expect(await model.weights[0]!.value.array()).not.toEqual(before);
});

/** The file of a model with changed contents. */
async function changed(change: (graph: GraphMessage) => GraphMessage): Promise<Uint8Array> {
  const model = await contents(read('text.onnx'));
  return (await protobuf()).encode(modelSchema, { ...model, graph: change(model.graph!) } as never);
}
const load = async (bytes: Uint8Array): Promise<unknown> => keras.models.loadModel(bytes);

test('unknown operators are listed all at once', async () => {
  const unknown: NodeMessage[] = ['NonMaxSuppression', 'SequenceAt', 'SequenceAt'].map((opType, k) => ({
    opType,
    input: ['x0'],
    output: [`more_${k}`],
    name: `more_${k}`,
  }));
  const bytes = await changed((graph) => ({ ...graph, node: [...graph.node!, ...unknown] }));
  await expect(load(bytes)).rejects.toThrow('not known here: "NonMaxSuppression" (1), "SequenceAt" (2)');
});

test('damaged graphs end in errors that name the place', async () => {
  const first = (f: (node: NodeMessage) => NodeMessage) => (graph: GraphMessage) => ({
    ...graph,
    node: graph.node!.map((node, k) => (k === 0 ? f(node) : node)),
  });
  await expect(load(await changed(first((node) => ({ ...node, input: ['nowhere'] }))))).rejects.toThrow(
    'reads "nowhere", which no input, weight or node before it gives',
  );
  // A circle: the first node reads what the last gives.
  const circle = (graph: GraphMessage): GraphMessage =>
    first((node) => ({ ...node, input: [graph.node!.at(-1)!.output![0]!] }))(graph);
  await expect(load(await changed(circle))).rejects.toThrow('which no input, weight or node before it gives');
  await expect(load(await changed((graph) => ({ ...graph, node: [...graph.node!, graph.node![0]!] })))).rejects.toThrow(
    'is given twice',
  );
  await expect(
    load(
      await changed((graph) => ({
        ...graph,
        initializer: graph.initializer!.map((tensor, k) =>
          k === 0 ? { ...tensor, dims: [2 ** 20, 2 ** 20] } : tensor,
        ),
      })),
    ),
  ).rejects.toThrow(/sizes/);
  const huge: NodeMessage[] = [
    { opType: 'Constant', output: ['sizes'], attribute: [{ name: 'value_ints', type: 7, ints: [2 ** 20, 2 ** 20] }] },
    { opType: 'ConstantOfShape', input: ['sizes'], output: ['huge'], name: 'huge' },
  ];
  await expect(load(await changed((graph) => ({ ...graph, node: [...huge, ...graph.node!] })))).rejects.toThrow(
    'node "huge" makes an array of the sizes [1048576, 1048576]',
  );
  const alone: NodeMessage = { opType: 'Less', input: [], output: ['none'], name: 'less' };
  await expect(load(await changed((graph) => ({ ...graph, node: [alone, ...graph.node!] })))).rejects.toThrow(
    'node "less" (Less) lacks input 0',
  );
  await expect(load(read('text.onnx').slice(0, 900))).rejects.toThrow(keras.HornbeamError);
});

test('layers that cannot be exported are refused together', async () => {
  const x = keras.Input({ shape: [4, 4] });
  const { ops } = keras;
  const y = ops.cholesky(x) as keras.Tensor;
  const model = new keras.Model({ inputs: x, outputs: ops.add(ops.erfinv(x), y) });
  await expect(modelToOnnx(model as keras.Model & OnnxModel, {})).rejects.toThrow(
    /erfinv[\s\S]*cholesky|cholesky[\s\S]*erfinv/,
  );
  await expect(model.export('x.onnx', { opsetVersion: 7 })).rejects.toThrow('give a whole number from 13 to 23');
});
