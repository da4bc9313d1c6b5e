import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it, test, vi } from 'vitest';
import { type Stored, tensorOf } from '../../../test/conformance/cases.ts';
import { readZip } from '../../formats/zip.ts';
import * as keras from '../../index.ts';

const { layers, quantizers } = keras;
const folder = new URL('../../../test/data/quantization/', import.meta.url);

interface Case {
  readonly name: string;
  readonly mode: string;
  readonly filters: string | null;
  readonly quantization: { readonly class_name: string; readonly config: Record<string, unknown> } | null;
  readonly before: readonly Stored[];
  readonly x: Stored;
  readonly y: Stored;
  readonly weights: readonly (readonly [layer: string, name: string, value: Stored])[];
  readonly policies: Readonly<Record<string, string>>;
  readonly file?: string;
}
const { cases, data } = JSON.parse(gunzipSync(readFileSync(new URL('models.json.gz', folder))).toString()) as {
  cases: Case[];
  data: Stored[];
};

/** The largest difference of two tensors, as a part of the numbers. */
async function difference(got: keras.Tensor, wanted: keras.Tensor): Promise<number> {
  expect([got.shape, got.dtype]).toEqual([wanted.shape, wanted.dtype]);
  const [a, b] = [await got.data(), await wanted.data()].map((numbers) => Array.from(numbers as Float32Array));
  return Math.max(0, ...a!.map((x, k) => Math.abs(x - b![k]!) / (1 + Math.abs(b![k]!))));
}

/** Blocks of products behind an embedding, as the cases have them. */
function network() {
  const tokens = keras.Input({ shape: [6], dtype: 'int32', name: 'tokens' });
  const table = new layers.Embedding({ inputDim: 11, outputDim: 8, name: 'table' });
  const one = new keras.Sequential(
    [
      keras.Input({ shape: [6, 8] }),
      new layers.Dense({ units: 10, activation: 'relu', name: 'up' }),
      new layers.Dense({ units: 8, name: 'down' }),
    ],
    { name: 'one' },
  );
  const two = new keras.Sequential(
    [
      keras.Input({ shape: [6, 8] }),
      new layers.EinsumDense({ equation: 'abc,cde->abde', outputShape: [null, 2, 3], name: 'heads' }),
      new layers.EinsumDense({ equation: 'abde,dec->abc', outputShape: [null, 8], name: 'out' }),
    ],
    { name: 'two' },
  );
  const pooled = new layers.GlobalAveragePooling1D()(two(one(table(tokens))));
  const outputs = new layers.Dense({ units: 3, name: 'head' })(pooled);
  return { model: new keras.Model({ inputs: tokens, outputs, name: 'net' }), table, one, two };
}
const layerNamed = (model: keras.Model, name: string): keras.Layer =>
  model.weights.length >= 0 && ['up', 'down'].includes(name)
    ? (model.getLayer('one') as keras.Model).getLayer(name)
    : ['heads', 'out'].includes(name)
      ? (model.getLayer('two') as keras.Model).getLayer(name)
      : model.getLayer(name);

/** What a case quantizes with, with the data and blocks that files do not keep. */
function configOf(c: Case, { table, one, two }: ReturnType<typeof network>) {
  if (!c.quantization) return null;
  const config = quantizers.deserialize(c.quantization) as keras.quantizers.GPTQConfig;
  if (c.mode !== 'gptq' && c.mode !== 'awq') return config;
  return new (config.constructor as typeof quantizers.GPTQConfig)({
    ...config.config,
    dataset: data.map(tensorOf),
    tokenizer: () => [0],
    quantizationLayerStructure: { preBlockLayers: [table], sequentialBlocks: [one, two] },
  });
}

test.each(cases)('a model of mode $name has the weights, policies and outputs of Keras', async (c) => {
  const made = network();
  const { model } = made;
  model.setWeights(c.before.map(tensorOf));
  model.quantize(c.mode, { config: configOf(c, made), filters: c.filters });
  // Then the largest weight of each group lies in the middle between two whole numbers: rounding errors decide.
  const hasTies = c.quantization?.config['symmetric'] === true;
  for (const [name, policy] of Object.entries(c.policies))
    expect(layerNamed(model, name).dtypePolicy.name, name).toBe(policy);
  for (const [layer, name, value] of c.weights) {
    const own = layerNamed(model, layer).weights.find((v) => v.name === name);
    if (!own) expect.fail(`${layer} has no ${name}`);
    // Scales of calibrated weights follow sums that are taken in another order.
    const isExact = value.dtype !== 'float32' || (c.mode !== 'gptq' && c.mode !== 'awq');
    const most = isExact ? (hasTies ? 1 : 0) : 1e-5;
    expect(await difference(own.value, tensorOf(value)), `${layer} ${name}`).toBeLessThanOrEqual(most);
  }
  const x = tensorOf(c.x);
  const off = await difference(model(x) as keras.Tensor, tensorOf(c.y));
  expect(off).toBeLessThanOrEqual(hasTies ? 0.02 : 2e-5);
  const bytes = await keras.saving.modelToKeras(model);
  const again = await keras.models.loadModel(bytes);
  expect(await difference(again(x) as keras.Tensor, model(x) as keras.Tensor)).toBe(0);
});

test.each(cases.filter(({ file }) => file))('reads the file of $name that Keras wrote', async (c) => {
  const file = gunzipSync(readFileSync(new URL(`${c.file}.gz`, folder)));
  const model = await keras.models.loadModel(new Uint8Array(file));
  expect(await difference(model(tensorOf(c.x)) as keras.Tensor, tensorOf(c.y))).toBeLessThanOrEqual(2e-6);
});

it('trains corrections of low rank on top of quantized weights, which stay', async () => {
  const { model } = network();
  model.quantize('int4');
  for (const name of ['up', 'down']) (layerNamed(model, name) as keras.layers.Dense).enableLora(2);
  const kernel = (layerNamed(model, 'up') as keras.layers.Dense).kernel;
  const before = await kernel.value.array();
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const x = tensorOf(cases[0]!.x);
  const { history } = await model.fit(x, keras.ops.ones([5, 3]), { epochs: 3, verbose: 0 });
  expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0] as number);
  expect(await kernel.value.array()).toEqual(before);
  const names = model.trainableWeights.map((v) => v.name);
  expect(names).toContain('lora_kernel_a');
  expect(names).not.toContain('kernel');
});

it('computes predictions anew after a model was quantized, and names layers that stay', async () => {
  const inputs = keras.Input({ shape: [4, 4, 1] });
  const features = new layers.Flatten()(new layers.Conv2D({ filters: 2, kernelSize: 2, name: 'c' })(inputs));
  const model = new keras.Model({ inputs, outputs: new layers.Dense({ units: 2 })(features) });
  const x = keras.random.normal([3, 4, 4, 1], { seed: 1 });
  const before = await ((await model.predict(x)) as keras.Tensor).array();
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    model.quantize('int4');
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      `quantize: Conv2D "c" stay as they are: 'int4' knows no way.`,
    ]);
  } finally {
    warn.mockRestore();
  }
  expect(await ((await model.predict(x)) as keras.Tensor).array()).not.toEqual(before);
});

it('says what calibration lacks', () => {
  const { model, one } = network();
  const config = new quantizers.GPTQConfig({ dataset: ['a'], tokenizer: () => [1, 2] });
  expect(() => model.quantize('gptq', { config })).toThrow('getQuantizationLayerStructure()');
  const structure = { quantizationLayerStructure: { sequentialBlocks: [one] } };
  expect(() => model.quantize(null, { config: new quantizers.GPTQConfig(structure) })).toThrow(
    'needs data and a tokenizer',
  );
  const empty = new quantizers.AWQConfig({ ...structure, dataset: [], tokenizer: () => [1] });
  expect(() => model.quantize('awq', { config: empty })).toThrow('the dataset holds no tokens');
  expect(() => layerNamed(model, 'up').quantize('gptq', { config })).toThrow("call the model's quantize");
  expect(() => model.quantize('int8', { filters: '(' })).toThrow('the filter "(" is no pattern');
});

/** Attention between products, as the blocks of a transformer have it, behind a table. */
function attending(): keras.Model {
  const tokens = keras.Input({ shape: [5], dtype: 'int32', name: 'tokens' });
  const x = new layers.Embedding({ inputDim: 11, outputDim: 8, name: 'table' })(tokens);
  const multi = new layers.MultiHeadAttention({ numHeads: 2, keyDim: 4, name: 'multi.head' });
  const group = new layers.GroupQueryAttention({ headDim: 4, numQueryHeads: 2, numKeyValueHeads: 1, name: 'group' });
  const inputs = keras.Input({ shape: [5, 8], name: 'vectors' });
  const mixed = multi(inputs, inputs);
  const block = new keras.Model({ inputs, outputs: group(mixed, mixed), name: 'block' });
  return new keras.Model({
    inputs: tokens,
    outputs: new layers.Dense({ units: 2, name: 'head' })(block(x)),
    name: 'attending',
  });
}
const someTokens = () => keras.tensor(Int32Array.of(1, 4, 7, 10, 2, 0, 3, 3, 9, 5), { shape: [2, 5] });
/** Ways to quantize, and the policy that each gives to projections. */
const ways = ['int8', 'int4', 'int4 in blocks', 'gptq', 'awq'] as const;
function quantizeIn(model: keras.Model, way: (typeof ways)[number]): void {
  const calibrated = {
    dataset: [[1, 4, 7, 10, 2, 0, 3, 3, 9, 5, 8, 6]],
    tokenizer: () => [0],
    numSamples: 3,
    sequenceLength: 5,
    groupSize: 4,
    quantizationLayerStructure: {
      preBlockLayers: [model.getLayer('table')],
      sequentialBlocks: [model.getLayer('block')],
    },
  };
  if (way === 'gptq') model.quantize('gptq', { config: new quantizers.GPTQConfig(calibrated) });
  else if (way === 'awq') model.quantize('awq', { config: new quantizers.AWQConfig(calibrated) });
  else if (way === 'int4 in blocks')
    model.quantize('int4', { config: new quantizers.Int4QuantizationConfig({ blockSize: 4 }) });
  else model.quantize(way);
}
it.each(ways)('keeps %s of the projections of attention in files', async (way) => {
  keras.utils.setRandomSeed(3);
  const model = attending();
  quantizeIn(model, way);
  const before = (await model.predict(someTokens(), { verbose: 0 })) as keras.Tensor;
  let file = await keras.saving.modelToKeras(model);
  for (let k = 0; k < 2; k++) {
    const again = await keras.models.loadModel<keras.Model>(file);
    for (const name of ['multi.head', 'group']) {
      const attention = (again.getLayer('block') as keras.Model).getLayer(name);
      expect(attention.weights.map(({ dtype }) => dtype)).toContain(way === 'gptq' || way === 'awq' ? 'uint8' : 'int8');
    }
    expect(await difference((await again.predict(someTokens(), { verbose: 0 })) as keras.Tensor, before)).toBe(0);
    file = await keras.saving.modelToKeras(again);
  }
});

/** Files of ours that Keras 3.15.1 opened, and what it computed. */
const opened = JSON.parse(gunzipSync(readFileSync(new URL('opened-in-keras.json.gz', folder))).toString()) as {
  floats: string;
  cases: { way: (typeof ways)[number]; file: string; y: number[][] }[];
};
const bytesIn = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
it.each(opened.cases)('writes $way as in the file that Keras opened', async ({ way, file, y }) => {
  const model = await keras.models.loadModel<keras.Model>(bytesIn(opened.floats));
  quantizeIn(model, way);
  const now = await keras.saving.modelToKeras(model);
  const [config, configThen] = await Promise.all([now, bytesIn(file)].map((x) => readZip(x)));
  expect(Buffer.from(config!['config.json']!).toString()).toBe(Buffer.from(configThen!['config.json']!).toString());
  const [again, then] = await Promise.all([now, bytesIn(file)].map((x) => keras.models.loadModel<keras.Model>(x)));
  expect(again!.weights.length).toBe(then!.weights.length);
  for (const [k, w] of then!.weights.entries()) expect(await difference(again!.weights[k]!.value, w.value)).toBe(0);
  expect(await difference(model(someTokens()) as keras.Tensor, keras.tensor(y))).toBeLessThanOrEqual(2e-6);
});
