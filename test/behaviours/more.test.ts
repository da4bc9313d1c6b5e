import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { expect, test, vi } from 'vitest';

// Numbered as the list of behaviours is; numbers without a source of their own are those of Keras 3.15.1.

const x3 = keras.tensor([
  [1, 2, 0],
  [3, 0, 0],
]);

/** Tokens to one probability a step, padding masked. */
function tagger(): keras.Model {
  const ids = keras.Input({ shape: [3], dtype: 'int32' });
  const rows = new layers.Embedding({ inputDim: 4, outputDim: 1, maskZero: true, name: 'rows' });
  const model = new keras.Model({ inputs: ids, outputs: rows(ids) });
  rows.setWeights([[[0.9], [0.8], [0.2], [0.4]]]);
  return model;
}

test('7: masked steps count neither in the loss nor in precision, recall and means, in fit as in evaluate', async () => {
  const model = tagger();
  model.compile({
    optimizer: new keras.optimizers.SGD({ learningRate: 0 }),
    loss: 'mse',
    metrics: ['mae', new keras.metrics.Precision(), new keras.metrics.Recall()],
  });
  const y = [
    [[1], [1], [0]],
    [[0], [0], [0]],
  ];
  const evaluated = await model.evaluate(x3, y, { verbose: 0, returnDict: true });
  const { history } = await model.fit(x3, y, { verbose: 0 });
  const onBatch = await model.trainOnBatch(x3, y, { returnDict: true });
  // Unmasked steps: 0.8 for 1, 0.2 for 1, 0.4 for 0. Loss and mae are Keras's on torch; its precision counts masked steps.
  const mae = (0.2 + 0.8 + 0.4) / 3;
  for (const logs of [
    evaluated,
    Object.fromEntries(Object.entries(history).map(([k, v]) => [k, v![0]])),
    onBatch,
  ] as Record<string, number>[]) {
    expect(logs['mae']).toBeCloseTo(mae, 6);
    expect(logs['loss']).toBeCloseTo((0.04 + 0.64 + 0.16) / 3, 6);
    expect(Object.entries(logs).find(([k]) => k.startsWith('precision'))![1]).toBeCloseTo(1, 6);
    expect(Object.entries(logs).find(([k]) => k.startsWith('recall'))![1]).toBeCloseTo(0.5, 6);
  }
});

test('13: data that ends early ends training after that epoch, with a warning, the end of training and its history', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const model = new keras.Sequential([keras.Input({ shape: [1] }), new layers.Dense({ units: 1 })]);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const moments: string[] = [];
    const watch = new keras.callbacks.LambdaCallback({
      onEpochEnd: (epoch) => void moments.push(`epoch ${epoch}`),
      onTrainEnd: () => void moments.push('end'),
    });
    let given = 0;
    function* batches(): Generator<[number[][], number[][]]> {
      for (; given < 5; given++) yield [[[1]], [[2]]];
    }
    const { history } = await model.fit(batches(), { epochs: 4, stepsPerEpoch: 2, verbose: 0, callbacks: [watch] });
    expect(moments).toEqual(['epoch 0', 'epoch 1', 'epoch 2', 'end']);
    expect(history['loss']).toHaveLength(3);
    expect(warn.mock.calls.flat().join()).toMatch(/no more|ran out|ended/);
  } finally {
    warn.mockRestore();
  }
});

test('14: recurrent layers with a list of initial states keep the mask, and heed zeroOutputForMask when unrolled', async () => {
  const masked = new layers.Masking()(keras.tensor([[[1], [2], [0]]], { dtype: 'float32' }));
  const state = [ops.zeros([1, 2]), ops.zeros([1, 2])];
  const lstm = new layers.LSTM({ units: 2, kernelInitializer: 'ones', recurrentInitializer: 'ones' });
  const [withState, without] = [lstm(masked, { initialState: state }), lstm(masked)];
  expect(await (withState as keras.Tensor).array()).toEqual(await (without as keras.Tensor).array());
  // Keras computes the same when the state is no list: two steps count.
  const short = lstm(keras.tensor([[[1], [2]]], { dtype: 'float32' })) as keras.Tensor;
  expect(await (withState as keras.Tensor).array()).toEqual(await short.array());
  for (const unroll of [false, true]) {
    const rnn = new layers.SimpleRNN({ units: 1, returnSequences: true, zeroOutputForMask: true, unroll });
    const y = (await (rnn(masked) as keras.Tensor).array()) as number[][][];
    expect(y[0]![2]).toEqual([0]);
    expect(y[0]![1]).not.toEqual([0]);
  }
});

test('19: confusion metrics keep fractional weights; labels outside of the classes are told or ignored', async () => {
  const iou = new keras.metrics.MeanIoU({ numClasses: 2 });
  iou.updateState([0, 0, 1, 1], [0, 1, 0, 1], { sampleWeight: [0.3, 0.3, 0.3, 0.1] });
  // Keras 3.15.1: (0.3 / 0.9 + 0.1 / 0.7) / 2.
  expect(await ops.mean(iou.result()).item()).toBeCloseTo(0.23809525, 5);
  const ignoring = new keras.metrics.MeanIoU({ numClasses: 2, ignoreClass: 5 });
  ignoring.updateState([0, 5, 1, 1], [0, 1, 0, 1]);
  expect(await ops.mean(ignoring.result()).item()).toBeCloseTo(0.5, 6);
});

test('20: labels of CTC that are padded with -1 are no labels', async () => {
  const logits = ops.reshape(ops.sin(ops.arange(2 * 4 * 4)), [2, 4, 4]);
  const loss = (labels: number[][]) => keras.losses.ctc(keras.tensor(labels, { dtype: 'int32' }), logits);
  const [padded, zeros] = [
    await loss([
      [1, 2, -1],
      [3, -1, -1],
    ]).array(),
    await loss([
      [1, 2, 0],
      [3, 0, 0],
    ]).array(),
  ];
  expect(padded).toEqual(zeros);
  expect((padded as number[]).every((v) => Number.isFinite(v) && v > 0)).toBe(true);
});

type Out = keras.KerasTensor;
// As Keras, which refuses the cases marked so, and logs only one of several losses of an output.
const severalOutputs: readonly (readonly [
  what: string,
  outputs: (p: Out, q: Out) => unknown,
  options: (p: unknown, q: unknown) => { y: unknown; sampleWeight?: any } & Record<string, unknown>,
  history: Record<string, number>,
  evaluated: readonly number[],
])[] = [
  [
    'weights for one output',
    (p, q) => [p, q],
    (p, q) => ({
      loss: ['mse', 'mae'],
      metrics: [['mae'], ['mse']],
      weightedMetrics: [['mse'], ['mae']],
      y: [p, q],
      sampleWeight: [[1, 2, 0, 4], null],
    }),
    {
      loss: 3.8323951,
      p_loss: 2.530225,
      p_mae: 0.7723306,
      p_mse: 1.4458429,
      q_loss: 1.3021702,
      q_mae: 1.3021702,
      q_mse: 2.2919323,
    },
    [1.8291917, 0.783011, 1.0461806, 0.5591145, 0.4474349, 1.0461806, 1.6746209],
  ],
  [
    'weights for one output, by name (refused by Keras without the other)',
    (p, q) => ({ p, q }),
    (p, q) => ({ loss: { p: 'mse', q: 'mae' }, y: { p, q }, sampleWeight: { p: [1, 2, 0, 4] } }),
    { loss: 3.8323951, p_loss: 2.530225, q_loss: 1.3021702 },
    [1.8291917, 0.783011, 1.0461806],
  ],
  [
    'several losses of an output: their sum',
    (p, q) => [p, q],
    (p, q) => ({ loss: [['mse', 'mae'], 'mae'], y: [p, q] }),
    { loss: 3.0956631, p_loss: 1.7934928, q_loss: 1.3021702 },
    [2.2781122, 1.2319317, 1.0461806],
  ],
  [
    'nests of outputs and losses',
    (p, q) => ({ a: { p }, b: q }),
    (p, q) => ({ loss: { a: { p: 'mse' }, b: 'mae' }, y: { a: { p }, b: q } }),
    { 'a/p_loss': 0.8954314, b_loss: 1.3021702, loss: 2.1976016 },
    [1.6673961, 0.6212155, 1.0461806],
  ],
  [
    'lists in lists',
    (p, q) => [[p], q],
    (p, q) => ({ loss: [['mse'], 'mae'], y: [[p], q] }),
    { '0/p_loss': 0.8954314, loss: 2.1976016, q_loss: 1.3021702 },
    [1.6673961, 0.6212155, 1.0461806],
  ],
  [
    'a loss and labels for one output only',
    (p, q) => ({ p, q }),
    (p) => ({ loss: { p: 'mse' }, y: { p } }),
    { loss: 0.8954314 },
    [0.6212155],
  ],
  [
    'a loss for one of a list of outputs',
    (p, q) => [p, q],
    (p) => ({ loss: ['mse', null], y: [p, null] }),
    { loss: 0.8954314 },
    [0.6212155],
  ],
  [
    'losses by the names of a list of outputs',
    (p, q) => [p, q],
    (p, q) => ({ loss: { p: 'mse', q: 'mae' }, y: { p, q } }),
    { loss: 2.1976016, p_loss: 0.8954314, q_loss: 1.3021702 },
    [1.6673961, 0.6212155, 1.0461806],
  ],
];
test.each(severalOutputs)('10: %s', async (_, outputs, options, history, evaluated) => {
  const x = keras.Input({ shape: [3] });
  const [p, q] = (['p', 'q'] as const).map((name, k) =>
    new layers.Dense({ units: 2 - k, kernelInitializer: 'ones', name })(x),
  ) as [Out, Out];
  const model = new keras.Model({ inputs: x, outputs: outputs(p, q) as Out });
  const { y, sampleWeight, ...losses } = options(ops.ones([4, 2]), ops.zeros([4, 1]));
  model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.1 }), ...losses });
  const data = ops.reshape(ops.divide(ops.arange(12), 12), [4, 3]);
  const given = { batchSize: 2, verbose: 0, ...(sampleWeight ? { sampleWeight } : {}) } as const;
  const logs = (await model.fit(data, y as never, { ...given, shuffle: false })).history;
  expect(Object.keys(logs)).toEqual(Object.keys(history));
  for (const [name, value] of Object.entries(history)) expect(logs[name]![0]).toBeCloseTo(value, 5);
  const found = [(await model.evaluate(data, y as never, given)) as number | number[]].flat();
  expect(found).toHaveLength(evaluated.length);
  evaluated.forEach((value, k) => expect(found[k]).toBeCloseTo(value, 5));
});
