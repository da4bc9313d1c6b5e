import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { h5Dataset, h5Group, h5Text, makeH5Group, readHdf5, setH5, setH5Names, writeHdf5 } from '../../formats/hdf5.ts';
import { readZip, writeZip } from '../../formats/zip.ts';
import * as keras from '../../index.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { storedIn } from './h5-weights.ts';

type Array2 = { readonly shape: readonly number[]; readonly data: Float32Array };
type AnyModel = keras.Model;

/** The file of an old model: its config, and the weights of its layers by their names. */
async function oldFile(
  config: object,
  version: string,
  weights: Readonly<Record<string, readonly Array2[]>>,
): Promise<Uint8Array> {
  const file = h5Group();
  file.attributes['keras_version'] = h5Text(version);
  file.attributes['backend'] = h5Text('tensorflow');
  file.attributes['model_config'] = h5Text(JSON.stringify(config));
  const group = makeH5Group(file, 'model_weights');
  group.attributes['keras_version'] = h5Text(version);
  group.attributes['backend'] = h5Text('tensorflow');
  setH5Names(group, 'layer_names', Object.keys(weights));
  for (const [name, arrays] of Object.entries(weights)) {
    const own = makeH5Group(group, name);
    setH5Names(
      own,
      'weight_names',
      arrays.map((_, k) => `${name}_w${k}:0`),
    );
    arrays.forEach(({ shape, data }, k) => void setH5(own, `${name}_w${k}:0`, h5Dataset(shape, 'float32', data)));
  }
  return writeHdf5(file);
}
const ramp = (shape: readonly number[], from: number): Array2 => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(from + 1.3 * k) / 2),
});
const numbers = async (model: AnyModel, x: keras.Tensor): Promise<number[]> =>
  JSON.parse(
    `[${String(JSON.stringify(await (await model.predict(x)).array())).replaceAll(/[[\]]/g, '')}]`,
  ) as number[];
const same = (given: readonly number[], expected: readonly number[]): void => {
  expect(given.length).toBe(expected.length);
  given.forEach((y, k) => expect(Math.abs(y - expected[k]!)).toBeLessThan(1e-5));
};
const sequence = keras.tensor(
  Array.from({ length: 12 }, (_, k) => Math.cos(k)),
  { shape: [2, 3, 2] },
);
/** Sets weights in the order in which a layer lists them. */
const withWeights = (model: AnyModel, weights: readonly Array2[]): AnyModel => {
  model.setWeights(weights.map(({ shape, data }) => keras.tensor(data, { shape })));
  return model;
};
const stack = (...layers: unknown[]): AnyModel =>
  new keras.Sequential([keras.Input({ shape: [3, 2] }), ...(layers as AnyLayer[])]) as unknown as AnyModel;

const cudnn = (name: string, options: object = {}) => ({
  units: 2,
  kernel_initializer: 'glorot_uniform',
  recurrent_initializer: 'orthogonal',
  bias_initializer: 'zeros',
  kernel_regularizer: null,
  recurrent_regularizer: null,
  bias_regularizer: null,
  activity_regularizer: null,
  kernel_constraint: null,
  recurrent_constraint: null,
  bias_constraint: null,
  return_sequences: true,
  return_state: false,
  go_backwards: false,
  stateful: false,
  name,
  trainable: true,
  ...options,
});
/** What cuDNN computes: each gate is W x + R h + b + b', with the matrices as they lie in memory. */
function cuDnnLstm(x: readonly (readonly number[])[], [w, r, b]: readonly Array2[]): number[] {
  const [inputs, units] = [2, 2];
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  let [h, c] = [new Array<number>(units).fill(0), new Array<number>(units).fill(0)];
  const out: number[] = [];
  // Gate k is a block of columns; cuDNN takes the numbers of the block, row after row, as its matrix.
  const blockOf = ({ data, shape }: Array2, k: number): number[] =>
    Array.from({ length: shape[0]! * units }, (_, at) => {
      const [i, j] = [Math.floor(at / units), at % units];
      return data[i * 4 * units + k * units + j]!;
    });
  for (const step of x) {
    const gate = (k: number): number[] =>
      Array.from({ length: units }, (_, u) => {
        const [own, back] = [blockOf(w!, k), blockOf(r!, k)];
        let z = b!.data[k * units + u]! + b!.data[4 * units + k * units + u]!;
        for (let i = 0; i < inputs; i++) z += own[u * inputs + i]! * step[i]!;
        for (let v = 0; v < units; v++) z += back[u * units + v]! * h[v]!;
        return z;
      });
    const [i, f, g, o] = [0, 1, 2, 3].map(gate) as [number[], number[], number[], number[]];
    c = c.map((old, u) => sigmoid(f[u]!) * old + sigmoid(i[u]!) * Math.tanh(g[u]!));
    h = c.map((value, u) => sigmoid(o[u]!) * Math.tanh(value));
    out.push(...h);
  }
  return out;
}
const cudnnWeights = (from: number): Array2[] => [ramp([2, 8], from), ramp([2, 8], from + 2), ramp([16], from + 4)];

it('reads layers of cuDNN, alone and within wrappers', async () => {
  const rows = await sequence.array<3>();
  const one = { class_name: 'CuDNNLSTM', config: cudnn('l', { batch_input_shape: [null, 3, 2] }) };
  const alone = await oldFile({ class_name: 'Sequential', config: { name: 's', layers: [one] } }, '2.2.4', {
    l: cudnnWeights(0),
  });
  const expected = rows.flatMap((x) => cuDnnLstm(x, cudnnWeights(0)));
  same(await numbers(await keras.models.loadModel<AnyModel>(alone), sequence), expected);

  const both = {
    class_name: 'Bidirectional',
    config: {
      name: 'b',
      trainable: true,
      batch_input_shape: [null, 3, 2],
      merge_mode: 'concat',
      layer: { class_name: 'CuDNNLSTM', config: cudnn('l') },
    },
  };
  const within = await oldFile({ class_name: 'Sequential', config: { name: 's', layers: [both] } }, '2.2.4', {
    b: [...cudnnWeights(0), ...cudnnWeights(7)],
  });
  const found = await numbers(await keras.models.loadModel<AnyModel>(within), sequence);
  const wanted = rows.flatMap((x) => {
    const there = cuDnnLstm(x, cudnnWeights(0));
    const back = cuDnnLstm(x.toReversed(), cudnnWeights(7));
    return [0, 1, 2].flatMap((t) => [...there.slice(2 * t, 2 * t + 2), ...back.slice(2 * (2 - t), 2 * (2 - t) + 2)]);
  });
  same(found, wanted);
});
it('reads a GRU of cuDNN as one that resets after the product', async () => {
  const config = cudnn('g', { batch_input_shape: [null, 3, 2] });
  const weights = [ramp([2, 6], 0), ramp([2, 6], 3), ramp([12], 5)];
  const file = await oldFile(
    { class_name: 'Sequential', config: { name: 's', layers: [{ class_name: 'CuDNNGRU', config }] } },
    '2.2.4',
    { g: weights },
  );
  const transposed = ({ shape, data }: Array2): Array2 => ({
    shape,
    data: data.map((_, at) => {
      const [i, column] = [Math.floor(at / 6), at % 6];
      const [gate, j] = [Math.floor(column / 2), column % 2];
      return data[j * 6 + gate * 2 + i]!;
    }),
  });
  const today = stack(new keras.layers.GRU({ units: 2, returnSequences: true, resetAfter: true }));
  const [kernel, recurrent, bias] = weights as [Array2, Array2, Array2];
  withWeights(today, [transposed(kernel), transposed(recurrent), { shape: [2, 6], data: bias.data }]);
  same(await numbers(await keras.models.loadModel<AnyModel>(file), sequence), await numbers(today, sequence));
});

const lstm1 = (name: string) => ({
  name,
  trainable: true,
  output_dim: 2,
  init: 'glorot_uniform',
  inner_init: 'orthogonal',
  forget_bias_init: 'one',
  activation: 'tanh',
  inner_activation: 'sigmoid',
  W_regularizer: null,
  U_regularizer: null,
  b_regularizer: null,
  dropout_W: 0,
  dropout_U: 0,
  return_sequences: true,
  go_backwards: false,
  stateful: false,
  unroll: false,
  consume_less: 'cpu',
  input_dim: 2,
  input_length: null,
});
const dense1 = (name: string, output_dim: number) => ({
  name,
  trainable: true,
  output_dim,
  init: 'glorot_uniform',
  activation: 'linear',
  W_regularizer: null,
  b_regularizer: null,
  activity_regularizer: null,
  W_constraint: null,
  b_constraint: null,
  bias: true,
  input_dim: null,
});
/** Weights of an LSTM as Keras 1 kept them, gates i, c, f, o apart, and as they are today. */
function lstmWeights(from: number): { old: Array2[]; today: Array2[] } {
  const gates = [0, 1, 2, 3].map((k) => [
    ramp([2, 2], from + 3 * k),
    ramp([2, 2], from + 3 * k + 1),
    ramp([2], from + 3 * k + 2),
  ]);
  const beside = (part: number): Array2 => {
    const parts = [0, 2, 1, 3].map((k) => gates[k]![part]!);
    const rows = part === 2 ? 1 : 2;
    const data = Float32Array.from({ length: rows * 8 }, (_, at) => {
      const [i, column] = [Math.floor(at / 8), at % 8];
      return parts[Math.floor(column / 2)]!.data[i * 2 + (column % 2)]!;
    });
    return { shape: part === 2 ? [8] : [2, 8], data };
  };
  return { old: gates.flat(), today: [beside(0), beside(1), beside(2)] };
}
it('reads layers of Keras 1 within wrappers and models', async () => {
  const [there, back] = [lstmWeights(0), lstmWeights(50)];
  const both = {
    class_name: 'Bidirectional',
    config: {
      name: 'b',
      trainable: true,
      batch_input_shape: [null, 3, 2],
      input_dtype: 'float32',
      merge_mode: 'sum',
      layer: { class_name: 'LSTM', config: lstm1('l') },
    },
  };
  const each = {
    class_name: 'TimeDistributed',
    config: { name: 't', trainable: true, layer: { class_name: 'Dense', config: dense1('d', 3) } },
  };
  const inner = { class_name: 'Sequential', config: [both, each] };
  const normal = {
    class_name: 'BatchNormalization',
    config: {
      name: 'n',
      trainable: true,
      mode: 0,
      axis: -1,
      epsilon: 0.001,
      momentum: 0.99,
      gamma_regularizer: null,
      beta_regularizer: null,
    },
  };
  const dense = [ramp([2, 3], 80), ramp([3], 90)];
  const norm = [ramp([3], 1), ramp([3], 2), ramp([3], 3), { shape: [3], data: Float32Array.of(1, 2, 3) }];
  const today = stack(
    new keras.layers.Bidirectional({
      layer: new keras.layers.LSTM({ units: 2, returnSequences: true }),
      mergeMode: 'sum',
    }),
    new keras.layers.TimeDistributed({ layer: new keras.layers.Dense({ units: 3 }) }),
    new keras.layers.BatchNormalization(),
  );
  withWeights(today, [...there.today, ...back.today, ...dense, ...norm]);
  const file = await oldFile({ class_name: 'Sequential', config: [inner, normal] }, '1.2.2', {
    sequential_1: [...there.old, ...back.old, ...dense],
    n: norm,
  });
  same(await numbers(await keras.models.loadModel<AnyModel>(file), sequence), await numbers(today, sequence));
});

it('reads a Sequential of Keras 1 that begins with a Merge of branches', async () => {
  const branch = (name: string, ...rest: object[]) => ({
    class_name: 'Sequential',
    config: [
      { class_name: 'Dense', config: { ...dense1(name, 3), batch_input_shape: [null, 2], input_dtype: 'float32' } },
      ...rest,
    ],
  });
  const merge = (mode: string, ...layers: object[]) => ({
    class_name: 'Merge',
    config: { name: `merge_${mode}`, mode, layers, concat_axis: -1, dot_axes: -1, output_shape: null, arguments: {} },
  });
  const deep = {
    class_name: 'Sequential',
    config: [merge('sum', branch('one'), branch('two')), { class_name: 'Dense', config: dense1('three', 2) }],
  };
  const config = [
    merge('concat', deep, branch('four', { class_name: 'Activation', config: { name: 'act', activation: 'tanh' } })),
    { class_name: 'Dense', config: dense1('five', 1) },
  ];
  const dense = (inputs: number, units: number, k: number) => [ramp([inputs, units], k), ramp([units], k + 5)];
  const weights = {
    one: dense(2, 3, 10),
    two: dense(2, 3, 20),
    three: dense(3, 2, 30),
    four: dense(2, 3, 40),
    five: dense(5, 1, 50),
  };
  const file = await oldFile({ class_name: 'Sequential', config }, '1.1.0', weights);
  const model = await keras.models.loadModel<AnyModel>(file);
  expect(model.inputs!.map(({ shape }) => shape.at(-1))).toEqual([2, 2, 2]);

  const { layers, Input } = keras;
  const x = [1, 2, 3].map(() => Input({ shape: [2] }));
  const made = Object.fromEntries(
    Object.entries({ one: 3, two: 3, three: 2, four: 3, five: 1 }).map(([name, units]) => [
      name,
      new layers.Dense({ units, activation: dense1(name, units).activation as 'linear' }),
    ]),
  );
  const sum = made['three']!(new layers.Add()([made['one']!(x[0]!), made['two']!(x[1]!)]));
  const four = new layers.Activation({ activation: 'tanh' })(made['four']!(x[2]!));
  const today = new keras.Model({ inputs: x, outputs: made['five']!(new layers.Concatenate()([sum, four])) });
  for (const [name, list] of Object.entries(weights))
    made[name]!.setWeights(list.map(({ shape, data }) => keras.tensor(data, { shape })));
  const given = [1, 2, 3].map((seed) => keras.random.normal([4, 2], { seed }));
  const [a, b] = [await model.predict(given, { verbose: 0 }), await today.predict(given, { verbose: 0 })];
  same(Array.from(await (a as keras.Tensor).data(), Number), Array.from(await (b as keras.Tensor).data(), Number));
  const shared = [merge('sum', branch('one'), branch('one'))];
  await expect(
    keras.models.loadModel(await oldFile({ class_name: 'Sequential', config: shared }, '1.1.0', {})),
  ).rejects.toThrow('have the layer "one" in common');
});

it('goes on with the state of an optimizer of TensorFlow 2.9', async () => {
  const bytes = gunzipSync(
    readFileSync(new URL('../../../test/data/models/keras29_conv_bn_dense.h5.gz', import.meta.url)),
  );
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const model = await keras.models.loadModel<AnyModel>(new Uint8Array(bytes));
    expect(warn).not.toHaveBeenCalled();
    const { optimizer } = model;
    expect(Number(await optimizer!.iterations.value.item())).toBe(12);
    const file = await readHdf5(new Uint8Array(bytes));
    const stored = storedIn(file, 'optimizer_weights');
    for (const [slot, word] of [
      ['m', 'momentum'],
      ['v', 'velocity'],
    ] as const) {
      const then = stored.filter(({ path }) => path.endsWith(`/${slot}:0`));
      const now = optimizer!.variables.filter(({ name }) => name.endsWith(`_${word}`));
      expect(now.length).toBe(then.length);
      for (const [k, v] of now.entries())
        expect(Array.from(await v.value.data(), Number)).toEqual(Array.from(then[k]!.data, Number));
    }
  } finally {
    warn.mockRestore();
  }
});

it('says of weights in model.weights.npz that they are a pickle', async () => {
  const model = new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense({ units: 1 })]);
  const { 'model.weights.h5': weights, ...files } = await readZip(await keras.saving.modelToKeras(model));
  const bytes = await writeZip({ ...files, 'model.weights.npz': weights! });
  await expect(keras.models.loadModel(bytes)).rejects.toThrow('a pickle of objects of Python');
});
