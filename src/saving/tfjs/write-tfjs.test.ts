import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import * as keras from '../../index.ts';

const { layers } = keras;
const folder = mkdtempSync(join(tmpdir(), 'to-tfjs-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Spec {
  readonly name: string;
  readonly shape: readonly number[];
}
interface ModelJson {
  readonly modelTopology: { readonly class_name: string; readonly config: { readonly layers: any[] } };
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly Spec[] }[];
}
const jsonIn = (place: string): ModelJson => JSON.parse(readFileSync(join(place, 'model.json'), 'utf8')) as ModelJson;
const numbers = async (y: unknown): Promise<number[]> =>
  (await Promise.all([y].flat().map(async (t) => [...(await (t as keras.Tensor).data())].map(Number)))).flat();
/** Writes a model, reads it again, and compares what both give. */
async function judge(model: keras.Model, place: string): Promise<ModelJson> {
  await model.export(place, { format: 'tfjs' });
  const again = await keras.models.loadModel<keras.Model>(place);
  const inputs = model.inputs!.map(({ shape }, k) => {
    const sizes = shape.map((n) => n ?? 2);
    return keras.random.uniform(sizes, { minval: 0, maxval: 3, seed: k });
  });
  const x = inputs.length === 1 ? inputs[0]! : inputs;
  const [expected, found] = [await numbers(await model.predict(x)), await numbers(await again.predict(x))];
  expect(found.length).toBe(expected.length);
  found.forEach((y, k) => expect(Math.abs(y - expected[k]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(y))));
  return jsonIn(place);
}

const fixtures = new URL('../../../test/data/tfjs/', import.meta.url);
// The others have what tfjs reads and writes, but Keras has otherwise: ThresholdedReLU, masks of Bidirectional.
it.each(['cnn', 'frames', 'graph', 'space', 'volume'])('names weights of "%s" as tfjs does', async (name) => {
  const { model, weights } = JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, fixtures))).toString()) as {
    model: ModelJson;
    weights: string;
  };
  const given = await keras.models.loadModel<keras.Model>([
    new File([JSON.stringify(model)], 'model.json'),
    new File([Buffer.from(weights, 'base64')], 'weights.bin'),
  ]);
  const specs = ({ weightsManifest: [group] }: ModelJson): string[] =>
    group!.weights.map((spec) => `${spec.name} ${String(spec.shape)}`).sort();
  expect(specs(await judge(given, join(folder, name)))).toEqual(specs(model));
});

it('names weights of cells, wrappers and directions as tfjs does', async () => {
  const a = keras.Input({ shape: [6, 3], name: 'a' });
  const both = new layers.Bidirectional({
    layer: new layers.GRU({ units: 3, resetAfter: false, returnSequences: true, name: 'gru' }),
    mergeMode: 'sum',
    name: 'both',
  })(a);
  const cells = new layers.RNN({
    cell: [new layers.LSTMCell({ units: 4 }), new layers.SimpleRNNCell({ units: 2 })],
    returnSequences: true,
    name: 'cells',
  })(both);
  const each = new layers.TimeDistributed({ layer: new layers.Dense({ units: 2, activation: 'silu' }), name: 'each' });
  const model = new keras.Model({ inputs: a, outputs: each(cells) });
  const { weightsManifest, modelTopology } = await judge(model, join(folder, 'rnn'));
  expect(weightsManifest[0]!.weights.map(({ name }) => name)).toEqual([
    ...['forward', 'backward'].flatMap((way) =>
      ['kernel', 'recurrent_kernel', 'bias'].map((name) => `both/${way}_gru/${name}`),
    ),
    ...[0, 1].flatMap((k) => ['kernel', 'recurrent_kernel', 'bias'].map((name) => `cells/RNNCell_${k}/${name}`)),
    'each/kernel',
    'each/bias',
  ]);
  // tfjs puts "forward_" and "backward_" before it.
  expect(modelTopology.config.layers[1].config.layer.config.name).toBe('gru');
});

it('writes nested and shared models, several inputs and outputs', async () => {
  const base = new keras.Sequential({
    layers: [keras.Input({ shape: [4] }), new layers.Dense({ units: 3, kernelInitializer: 'lecun_normal' })],
    name: 'base',
  });
  const i = keras.Input({ shape: [3] });
  const inner = new keras.Model({
    inputs: i,
    outputs: new layers.Add()([i, new layers.Dense({ units: 3 })(i)]),
    name: 'inner',
  });
  const [left, right] = [keras.Input({ shape: [4] }), keras.Input({ shape: [4] })];
  const [p, q] = [inner(base(left)), base(right)];
  const dot = new layers.Dot({ axes: 1, normalize: true })([p, q]);
  const model = new keras.Model({ inputs: [left, right], outputs: [dot, inner(q), base(left)] });
  await judge(model, join(folder, 'nested'));
});

it('gives a Sequential that its data built an input, and cuts large weights into files', async () => {
  const model = new keras.Sequential([new layers.Dense({ units: 1200 }), new layers.Dense({ units: 1000 })]);
  await model.predict(keras.ops.ones([1, 5]));
  const place = join(folder, 'large');
  const { modelTopology, weightsManifest } = await judge(model, place);
  expect(modelTopology.config.layers[0].config.batch_input_shape.slice(1)).toEqual([5]);
  expect(weightsManifest[0]!.paths).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin']);
  expect(readdirSync(place).sort()).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin', 'model.json']);
});

it('pools all there is in windows of its size where axes are kept, as in MobileNet', async () => {
  const x = keras.Input({ shape: [6, 4, 3] });
  const kept = { keepdims: true };
  const one = new layers.GlobalAveragePooling2D(kept)(x);
  const two = new layers.GlobalMaxPooling2D({ ...kept, name: 'most' })(x);
  const row = new layers.Reshape({ targetShape: [6, 12] })(x);
  const flat = [new layers.GlobalAveragePooling1D(kept)(row), new layers.GlobalMaxPooling1D(kept)(row)];
  const all = [one, two, ...flat].map((t) => new layers.Flatten()(t));
  const model = new keras.Model({ inputs: x, outputs: new layers.Concatenate()(all) });
  await judge(model, join(folder, 'pools'));
  const mobile = keras.applications.MobileNet({ weights: null, alpha: 0.25, inputShape: [32, 32, 3], classes: 5 });
  await judge(mobile, join(folder, 'mobile'));
  const open = keras.Input({ shape: [null, 4, 3] });
  const pooled = new keras.Model({ inputs: open, outputs: new layers.GlobalAveragePooling2D(kept)(open) });
  await expect(pooled.export(join(folder, 'bad'), { format: 'tfjs' })).rejects.toThrow('cannot have keepdims = true');
});

it('refuses what tfjs does not have, all of it at once and by name', async () => {
  const model = new keras.Sequential([
    keras.Input({ shape: [6, 4] }),
    new layers.Conv1DTranspose({ filters: 4, kernelSize: 2, name: 'up' }),
    new layers.GRU({ units: 4, returnSequences: true, name: 'gru' }),
    new layers.Conv1D({ filters: 2, kernelSize: 2, padding: 'causal', groups: 2, name: 'conv' }),
    new layers.Dense({ units: 2, activation: 'hard_sigmoid', kernelRegularizer: 'orthogonal_regularizer', name: 'd' }),
    new layers.ReLU({ negativeSlope: 0.1, name: 'relu' }),
    new layers.Lambda({ function: (x: keras.Tensor) => x, name: 'own' }),
  ]);
  const error = await model.export(join(folder, 'bad'), { format: 'tfjs' }).catch((e: Error) => e.message);
  expect(
    String(error)
      .split('\n')
      .slice(1, -1)
      .map((line) => line.trim()),
  ).toEqual([
    'Conv1DTranspose "up": tfjs has no such layer',
    'GRU "gru": tfjs cannot have reset_after = true',
    'Conv1D "conv": tfjs cannot have padding = "causal"',
    'Conv1D "conv": tfjs cannot have groups = 2',
    'Dense "d": tfjs cannot have activation = "hard_sigmoid"',
    'Dense "d": tfjs cannot have kernel_regularizer = "OrthogonalRegularizer"',
    'ReLU "relu": tfjs cannot have negative_slope = 0.1',
    'Lambda "own": tfjs has no such layer',
  ]);
  expect(readdirSync(folder)).not.toContain('bad');
  const x = keras.Input({ shape: [3] });
  const ops = new keras.Model({ inputs: x, outputs: keras.ops.multiply(x, 2) as keras.Tensor });
  await expect(ops.export(join(folder, 'bad'), { format: 'tfjs' })).rejects.toThrow(/Multiply "multiply": /);
  class Own extends keras.Model {
    override call(x: unknown): keras.Tensor {
      return x as keras.Tensor;
    }
  }
  await expect(new Own().export('x', { format: 'tfjs' })).rejects.toThrow(/functional and Sequential models/);
  await expect(ops.export('x', { format: 'coreml' as 'tfjs' })).rejects.toThrow(/as "coreml"\n.*"tfjs"/);
  await expect(ops.export('x', { format: 'tfjs', opsetVersion: 18 })).rejects.toThrow(/"tfjs" has no opsetVersion/);
  await expect(ops.export('x.xyz')).rejects.toThrow(/cannot export to "x.xyz"/);
});
