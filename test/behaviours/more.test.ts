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
