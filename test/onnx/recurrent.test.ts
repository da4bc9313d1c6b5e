import { expect, test } from 'vitest';
import { protobuf } from '../../src/formats/protobuf.ts';
import * as keras from '../../src/index.ts';
import { modelToOnnx } from '../../src/saving/onnx/export-model.ts';
import type { OnnxModel } from '../../src/saving/onnx/export-options.ts';
import { type ModelMessage, modelSchema } from '../../src/saving/onnx/schema.ts';
import { tensorsIn } from '../../src/tensor/index.ts';
import { runOnnx } from './session.ts';

const { layers } = keras;
type Exported = keras.Model & OnnxModel;

/** Types of all nodes of a model's file, those of the main graph. */
async function operators(model: Exported, opsetVersion = 18): Promise<string[]> {
  const bytes = await modelToOnnx(model, { opsetVersion });
  const { graph } = (await protobuf()).decode('test', modelSchema, bytes) as ModelMessage;
  return graph!.node!.map(({ opType }) => opType!);
}
/** A functional model around a recurrent layer, with weights that are no zeros. */
function around(layer: keras.Layer, { steps = null as number | null, state = 0 } = {}): Exported {
  const x = keras.Input({ shape: [steps, 3], name: 'x' });
  const states = Array.from({ length: state }, (_, k) => keras.Input({ shape: [4], name: `state_${k}` }));
  const call = layer as unknown as (...args: unknown[]) => keras.KerasTensor;
  const outputs = state > 0 ? call(x, { initialState: states }) : call(x);
  const model = new keras.Model({ inputs: state > 0 ? [x, ...states] : x, outputs }) as Exported;
  model.weights.forEach((w, k) => w.assign(keras.random.uniform(w.shape, { minval: -0.9, maxval: 0.9, seed: k + 1 })));
  return model;
}
async function expectAlike(model: Exported, inputs: keras.Tensor[], bytes: Uint8Array): Promise<void> {
  const own = tensorsIn(model(inputs.length === 1 ? inputs[0]! : inputs));
  const answers = Object.values(await runOnnx(bytes, inputs));
  expect(answers.length).toBe(own.length);
  for (const [k, y] of own.entries()) {
    expect(answers[k]!.dims).toEqual(y.shape);
    const numbers = Array.from((await y.data()) as Float32Array);
    const worst = Math.max(...answers[k]!.data.map((v, n) => Math.abs(v - numbers[n]!)));
    expect(worst).toBeLessThan(2e-6);
  }
}

const both = { returnSequences: true, returnState: true };
const gru = { units: 4, recurrentActivation: 'hard_sigmoid' } as const;
const cases: Readonly<Record<string, readonly [operator: string, make: () => keras.Layer]>> = {
  'LSTM, the last output': ['LSTM', () => new layers.LSTM({ units: 4 })],
  'LSTM, all outputs and the states': ['LSTM', () => new layers.LSTM({ units: 4, ...both })],
  'LSTM, backwards': ['LSTM', () => new layers.LSTM({ units: 4, ...both, goBackwards: true, useBias: false })],
  'LSTM, other activations': [
    'LSTM',
    () => new layers.LSTM({ units: 4, activation: 'relu', recurrentActivation: 'hard_sigmoid', ...both }),
  ],
  'LSTM unrolled': ['LSTM', () => new layers.LSTM({ units: 4, unroll: true, returnSequences: true })],
  GRU: ['GRU', () => new layers.GRU({ ...gru, ...both })],
  'GRU of Keras 1': ['GRU', () => new layers.GRU({ ...gru, resetAfter: false, activation: 'softsign' })],
  'GRU without bias, backwards': ['GRU', () => new layers.GRU({ units: 4, useBias: false, goBackwards: true })],
  SimpleRNN: ['RNN', () => new layers.SimpleRNN({ units: 4, activation: 'elu', ...both })],
  'a cell in an RNN': ['GRU', () => new layers.RNN({ cell: new layers.GRUCell({ units: 4 }), returnSequences: true })],
  'both ways, joined': ['LSTM', () => new layers.Bidirectional({ layer: new layers.LSTM({ units: 4, ...both }) })],
  'both ways, the last outputs': [
    'GRU',
    () => new layers.Bidirectional({ layer: new layers.GRU({ units: 4 }), mergeMode: 'sum' }),
  ],
  'both ways, apart': [
    'RNN',
    () =>
      new layers.Bidirectional({ layer: new layers.SimpleRNN({ units: 4, returnSequences: true }), mergeMode: null }),
  ],
};

test.each(Object.entries(cases))(
  '%s is one operator, and answers alike at any length',
  async (name, [operator, make]) => {
    const isFixed = name.includes('unrolled');
    const model = around(make(), { steps: isFixed ? 5 : null });
    const kinds = await operators(model);
    expect(kinds.filter((kind) => kind === operator)).toEqual([operator]);
    expect(kinds).not.toContain('Scan');
    const bytes = await modelToOnnx(model, {});
    for (const [batch, steps] of isFixed
      ? [[2, 5]]
      : [
          [2, 5],
          [1, 1],
          [3, 11],
        ])
      await expectAlike(model, [keras.random.normal([batch!, steps!, 3], { seed: 9 })], bytes);
  },
);

test.each([13, 18, 23])('states that are given are read, in opset %i', async (opsetVersion) => {
  const model = around(new layers.LSTM({ units: 4, ...both }), { state: 2 });
  const inputs = [
    [2, 5, 3],
    [2, 4],
    [2, 4],
  ].map((shape, seed) => keras.random.normal(shape, { seed }));
  await expectAlike(model, inputs, await modelToOnnx(model, { opsetVersion }));
  const twice = around(new layers.Bidirectional({ layer: new layers.GRU({ units: 4, ...both }) }), { state: 2 });
  await expectAlike(twice, inputs, await modelToOnnx(twice, { opsetVersion }));
  expect(await operators(twice, opsetVersion)).toContain('GRU');
});

test('what the operators do otherwise, or not at all, is a Scan', async () => {
  for (const make of [
    () => new layers.LSTM({ units: 4, activation: 'gelu' }),
    () => new layers.LSTM({ units: 4, dtype: 'float16' }),
    () => new layers.RNN({ cell: [new layers.LSTMCell({ units: 4 }), new layers.LSTMCell({ units: 4 })] }),
  ]) {
    const kinds = await operators(around(make()));
    expect(kinds).toContain('Scan');
    expect(kinds).not.toContain('LSTM');
  }
  const tokens = keras.Input({ shape: [6], dtype: 'int32' });
  const y = new layers.LSTM({ units: 4 })(new layers.Embedding({ inputDim: 9, outputDim: 3, maskZero: true })(tokens));
  const masked = new keras.Model({ inputs: tokens, outputs: y }) as Exported;
  expect(await operators(masked)).not.toContain('LSTM');
  await expectAlike(
    masked,
    [keras.tensor(Int32Array.of(3, 4, 0, 0, 0, 0), { shape: [1, 6] })],
    await modelToOnnx(masked, {}),
  );
});

test('they come back as the layers that they were', async () => {
  const x = keras.Input({ shape: [null, 3] });
  const y = new layers.Bidirectional({ layer: new layers.LSTM({ units: 4, returnSequences: true }) })(x);
  const model = new keras.Model({ inputs: x, outputs: new layers.GRU({ units: 5, name: 'last' })(y) }) as Exported;
  const again = await keras.models.loadModel<Exported>(await modelToOnnx(model, {}));
  const kinds = again.layers.map(({ className }) => className);
  expect(kinds.filter((kind) => kind === 'LSTM' || kind === 'GRU')).toEqual(['LSTM', 'LSTM', 'GRU']);
  const given = keras.random.normal([2, 7, 3], { seed: 4 });
  const [a, b] = [await (model(given) as keras.Tensor).data(), await (again(given) as keras.Tensor).data()];
  a.forEach((v, k) => void expect(v).toBeCloseTo(b[k] as number, 5));
});
