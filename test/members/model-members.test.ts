import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { layers, tensor } from '../../src/index.ts';

function make(): keras.Sequential {
  const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1, name: 'd' })], {
    name: 'm',
  });
  model.compile({
    optimizer: new keras.optimizers.SGD({ momentum: 0.9, name: 'sgd' }),
    loss: 'mse',
    stepsPerExecution: 2,
  });
  return model;
}
const [x, y] = [
  [
    [1, 2],
    [3, 4],
  ],
  [[1], [2]],
];

test('the state tree holds all variables by their paths, and gives them back', async () => {
  const model = make();
  await model.fit(x, y, { verbose: 0 });
  const tree = model.getStateTree();
  const keysOf = (nest: object): unknown =>
    Object.fromEntries(
      Object.entries(nest).map(([key, part]) => [key, part instanceof keras.Tensor ? part.shape : keysOf(part)]),
    );
  // The nest that Keras makes of the same model.
  expect(keysOf(tree)).toEqual({
    trainableVariables: { m: { d: { kernel: [2, 1], bias: [1] } } },
    nonTrainableVariables: {},
    optimizerVariables: {
      sgd: { iteration: [], learning_rate: [], m_d_kernel_momentum: [2, 1], m_d_bias_momentum: [1] },
    },
    metricsVariables: { loss: { total: [], count: [] } },
  });
  const before = await model.predictOnBatch(x).then((t) => t.array());
  await model.fit(x, y, { verbose: 0, epochs: 3 });
  model.setStateTree(tree);
  expect(await model.predictOnBatch(x).then((t) => t.array())).toEqual(before);
  expect(await model.optimizer!.iterations.numpy()).toBe(1);
  model.setStateTree({ trainableVariables: { m: { d: { bias: tensor([7]) } } } });
  expect(await model.getWeights()[1]!.array()).toEqual([7]);
  expect(() => model.setStateTree({ weights: {} } as never)).toThrow(/unknown option "weights"/);
});

test('the loss as a function of the variables changes none of them', async () => {
  const model = make();
  await model.trainOnBatch(x, y);
  const yPred = tensor([[0], [0]], { dtype: 'float32' });
  const [loss, [trainable, others, metrics]] = model.statelessComputeLoss(
    model.trainableVariables.map((v) => v.value),
    [],
    model.metricsVariables.map((v) => v.value),
    { x: tensor(x), y: tensor(y), yPred },
  );
  expect(await loss.item()).toBeCloseTo(2.5);
  expect([trainable.length, others.length, metrics.length]).toEqual([2, 0, 2]);
  expect(() => model.statelessComputeLoss([], [], [], { x, y, yPred })).toThrow(/0 values do not fit 2 variables/);
});

test('how steps run can be read, and they can be made anew', async () => {
  const model = make();
  expect([model.stepsPerExecution, model.jitCompile]).toEqual([2, true]);
  const step = model.makeTrainFunction();
  expect(model.trainFunction).toBe(step);
  expect(model.makeTrainFunction({ force: true })).not.toBe(step);
  expect(model.makeTestFunction()).toBe(model.testFunction);
  expect(model.makePredictFunction()).toBe(model.predictFunction);
});

test('recurrent layers say what their states are', async () => {
  const lstm = new layers.LSTM({ units: 3 });
  expect([lstm.stateSize, lstm.singleState]).toEqual([[3, 3], false]);
  const gru = new layers.RNN({ cell: new layers.GRUCell({ units: 2 }) });
  expect([gru.stateSize, gru.singleState]).toEqual([2, true]);
  const states = new layers.LSTMCell({ units: 2 }).getInitialState(3) as keras.Tensor[];
  expect(states.map((t) => t.shape)).toEqual([
    [3, 2],
    [3, 2],
  ]);
  const both = new layers.Bidirectional({ layer: new layers.LSTM({ units: 1, returnSequences: true }) });
  expect([both.returnSequences, both.returnState, both.stateful]).toEqual([true, false, false]);
});
