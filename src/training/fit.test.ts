import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers } = keras;

function smallModel(): keras.Model {
  const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}
const rows = (n: number): [keras.Tensor, keras.Tensor] => [
  keras.tensor(
    Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i)),
    { shape: [n, 2] },
  ),
  keras.tensor(
    Float32Array.from({ length: n }, (_, i) => Math.cos(i)),
    { shape: [n, 1] },
  ),
];

test('the first Ctrl-C ends training after the step, and the history is whole', async () => {
  const model = smallModel();
  let steps = 0;
  const interrupt = new keras.callbacks.LambdaCallback({
    onTrainBatchEnd: () => {
      if (++steps === 3) process.emit('SIGINT');
    },
  });
  const listeners = process.listenerCount('SIGINT');
  const { history, epoch } = await model.fit(...rows(40), {
    batchSize: 4,
    epochs: 9,
    verbose: 0,
    callbacks: [interrupt],
  });
  expect(steps).toBe(3);
  expect(epoch).toEqual([0]);
  expect(history['loss']).toHaveLength(1);
  expect(process.listenerCount('SIGINT')).toBe(listeners);
});

test('batches come from arrays, generators, async iterables and functions that make them', async () => {
  const [x, y] = rows(8);
  function* batches(): Generator<[keras.Tensor, keras.Tensor]> {
    for (let k = 0; k < 2; k++)
      yield [keras.ops.getItem(x, { slice: [4 * k, 4 * k + 4] }), keras.ops.getItem(y, { slice: [4 * k, 4 * k + 4] })];
  }
  const later = {
    async *[Symbol.asyncIterator]() {
      yield* batches();
    },
  };
  const losses: number[] = [];
  for (const source of [batches, later]) {
    keras.utils.setRandomSeed(1);
    const { history } = await smallModel().fit(source, { epochs: 2, verbose: 0 });
    losses.push(history['loss']!.at(-1)!);
  }
  keras.utils.setRandomSeed(1);
  const { history } = await smallModel().fit(x, y, { epochs: 2, batchSize: 4, shuffle: false, verbose: 0 });
  expect(losses).toEqual([history['loss']!.at(-1)!, history['loss']!.at(-1)!]);
});

test('wrong data is refused with the culprit and the cure', async () => {
  const [x, y] = rows(8);
  await expect(smallModel().fit(x, keras.ops.ones([7, 1]), { verbose: 0 })).rejects.toThrow(
    'the arrays differ in the number of samples: x 8, y 7',
  );
  await expect(smallModel().fit(x, y, { batchSize: 0, verbose: 0 })).rejects.toThrow(
    'batchSize must be a whole number of at least 1, got 0',
  );
  const bare = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
  await expect(bare.fit(x, y)).rejects.toThrow('fit needs a compiled model');
  expect(() => bare.compile({ optimiser: 'adam' } as never)).toThrow(
    'unknown option "optimiser"\n  Fix: did you mean "optimizer"?',
  );
  await expect(smallModel().fit(keras.ops.ones([8, 3]), y, { verbose: 0 })).rejects.toThrow(
    'has shape (null, 2), but a tensor of shape (8, 3) was given',
  );
});

test('a Sequential model built by hand is built, and its data must not be empty', async () => {
  const model = new keras.Sequential([new keras.layers.Dense({ units: 1, name: 'top' })]);
  expect(() => model.build()).toThrow(/build needs the shape of the input/);
  model.build([null, 3]);
  expect(model.built).toBe(true);
  expect(model.weights.map((w) => w.path)).toEqual([`${model.name}/top/kernel`, `${model.name}/top/bias`]);
  model.compile({ loss: 'mse' });
  await expect(model.fit(keras.ops.zeros([0, 3]), keras.ops.zeros([0, 1]))).rejects.toThrow(/data: it has no samples/);
  // The fault is one of the data, whoever asked.
  await expect(model.predict(keras.ops.zeros([0, 3]), { verbose: 0 })).rejects.toThrow(/^data: it has no samples/);
  await expect(model.evaluate([[1, 2, 3]], [[1], [2]], { verbose: 0 })).rejects.toThrow(/^data: the arrays differ/);
});

test('a learning rate is scheduled by a function, given alone or among options', async () => {
  const model = new keras.Sequential([new keras.layers.Dense({ units: 1 })]);
  model.compile({ loss: 'mse', optimizer: new keras.optimizers.SGD({ learningRate: 1 }) });
  const [x, y] = [keras.ops.zeros([4, 3]), keras.ops.zeros([4, 1])];
  const halved = (_: number, rate: number) => rate / 2;
  const { LearningRateScheduler } = keras.callbacks;
  for (const callback of [new LearningRateScheduler(halved), new LearningRateScheduler({ schedule: halved })])
    await model.fit(x, y, { verbose: 0, callbacks: [callback] });
  expect(await model.optimizer!.readLearningRate()).toBe(0.25);
  expect(() => new LearningRateScheduler({} as never)).toThrow(/it has no schedule/);
});

test("a metric of one's own keeps weights made as layers make theirs", async () => {
  class Count extends keras.metrics.Metric {
    readonly total = this.addWeight({ name: 'total', initializer: 'zeros' });
    readonly most = this.addWeight({ shape: [2], initializer: 'ones' });
    override updateState(yTrue: keras.Tensor) {
      this.total.assignAdd(keras.ops.sum(yTrue));
    }
    override result() {
      return this.total.value;
    }
  }
  const metric = new Count();
  metric.updateState(keras.tensor([1, 2]));
  expect(await (metric.result() as keras.Tensor).item()).toBe(3);
  expect(await metric.most.value.array()).toEqual([1, 1]);
});

test('features come out of the middle of a model', async () => {
  const model = new keras.Sequential([
    keras.Input({ shape: [3] }),
    new keras.layers.Dense({ units: 2, activation: 'relu', name: 'features' }),
    new keras.layers.Dense({ units: 1 }),
  ]);
  const features = model.getLayer({ name: 'features' });
  const inner = new keras.Model({ inputs: model.input as keras.KerasTensor, outputs: features.output });
  const x = keras.tensor([[1, 2, 3]]);
  const [found, expected] = [inner(x), features(x) as keras.Tensor];
  expect(found.dataSync()).toEqual(expected.dataSync());
});

test('pairs of gradients and variables are applied', async () => {
  const v = new keras.Variable(keras.tensor([1, 2], { dtype: 'float32' }));
  const sgd = new keras.optimizers.SGD({ learningRate: 0.5 });
  sgd.applyGradients([[keras.tensor([2, 4]), v]]);
  expect(v.value.dataSync()).toEqual(Float32Array.of(0, 0));
  v.assignAdd(3);
  v.assignSub(keras.tensor([1, 2]));
  expect(v.value.dataSync()).toEqual(Float32Array.of(2, 1));
});

test('a step explains its kernels', async () => {
  const model = smallModel();
  expect(model.trainFunction.explain()).toContain('has not run yet');
  await model.trainOnBatch(...rows(4));
  expect(model.trainFunction.explain()).toMatch(/Program "train_step": \d+ equations in \d+ kernels/);
  const before = await model.getWeights()[0]!.data();
  expect(model.trainFunction.explain({ timed: true })).toMatch(/[\d.]+ ms on one thread\n#.* ms /);
  expect(await model.getWeights()[0]!.data()).toEqual(before);
});

test.each([
  ['in an order of their own', true],
  ['as they lie', false],
])('batches %s hold their samples, though one uses the memory of the one before', async (_, shuffle) => {
  const width = 40;
  class Differences extends keras.Model {
    readonly total = new keras.metrics.Sum({ name: 'total' });
    override trainStep({ x, y }: { readonly x: unknown; readonly y: unknown }): Record<string, keras.Tensor> {
      const sums = keras.ops.sum(x as keras.Tensor, { axis: 1 });
      this.total.updateState(keras.ops.abs(keras.ops.subtract(sums, y as keras.Tensor)));
      return { total: this.total.result(), last: keras.ops.sum(sums) };
    }
  }
  const model = new Differences();
  model.compile({});
  const x = keras.ops.reshape(keras.ops.arange(11 * width), [11, width]);
  const y = keras.ops.sum(x, { axis: 1 });
  const losses: unknown[] = [];
  const note = new keras.callbacks.LambdaCallback({ onTrainBatchEnd: (_, logs) => void losses.push(logs!['last']) });
  const { history } = await model.fit(x, y, { batchSize: 4, epochs: 2, shuffle, verbose: 0, callbacks: [note] });
  expect(history['total']).toEqual([0, 0]);
  // Each epoch has all samples, the last batch of three too.
  const all = await keras.ops.sum(x).item();
  for (const at of [0, 3]) expect((losses.slice(at, at + 3) as number[]).reduce((a, b) => a + b)).toBe(all);
  const predicted = new keras.Sequential([
    keras.Input({ shape: [width] }),
    new layers.Activation({ activation: 'linear' }),
  ]);
  expect(await ((await predicted.predict(x, { batchSize: 4 })) as keras.Tensor).array()).toEqual(await x.array());
});
