import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import * as keras from '../index.ts';

const { layers } = keras;
let warn: MockInstance;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

function model(): keras.Model {
  const made = new keras.Sequential([
    keras.Input({ shape: [1] }),
    new layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  made.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), loss: 'mae' });
  return made;
}
let closed = 0;
function* count(n: number): Generator<[number[][], number[][]]> {
  try {
    for (let k = 1; k <= n; k++) yield [[[k]], [[0]]];
  } finally {
    closed++;
  }
}

test('data that ends early ends the epoch and the training in good order', async () => {
  const seen: string[] = [];
  const callbacks = [
    new keras.callbacks.LambdaCallback({ onTrainEnd: (logs) => void seen.push(JSON.stringify(logs)) }),
  ];
  const short = { stepsPerEpoch: 3, epochs: 3, verbose: 0, callbacks } as const;
  expect((await model().fit(count(4), undefined, short)).history).toEqual({ loss: [2, 4] });
  expect((await model().fit(count(6), undefined, short)).history).toEqual({ loss: [2, 5] });
  // A function makes a new generator: each epoch begins again, as in Keras on a data set of four batches.
  expect((await model().fit(() => count(4), undefined, short)).history).toEqual({ loss: [2, 4, 2] });
  expect((await model().fit(count(0), undefined, { verbose: 0, callbacks })).history).toEqual({});
  expect(seen).toEqual(['{"loss":4}', '{"loss":5}', '{"loss":2}', '{}']);
  expect(warn.mock.calls.length).toBeGreaterThan(3);
  expect(await model().evaluate(count(3), undefined, { steps: 5, verbose: 0 })).toBe(2);
  await expect(model().evaluate(count(0), undefined, { verbose: 0 })).rejects.toThrow(
    'the source of batches gave none',
  );
});

test('validation data that ends early costs its values alone, not the training and its history', async () => {
  warn.mockClear();
  const ends: unknown[] = [];
  const callbacks = [new keras.callbacks.LambdaCallback({ onTrainEnd: () => void ends.push('end') })];
  const { history, epoch } = await model().fit([[3]], [[0]], {
    validationData: count(2),
    epochs: 3,
    verbose: 0,
    callbacks,
  });
  expect(history).toEqual({ loss: [3, 3, 3], val_loss: [1.5] });
  expect(epoch).toEqual([0, 1, 2]);
  expect(ends).toEqual(['end']);
  expect(warn.mock.calls.flat().join()).toContain('validationData gave no batch after epoch 2');
});

test('each validation begins where the data begins', async () => {
  const x = [[1], [2], [3], [4], [5]];
  const y = x.map(() => [0]);
  const options = { batchSize: 2, epochs: 3, verbose: 0, shuffle: false, validationSteps: 1 } as const;
  const { history } = await model().fit(x, y, { ...options, validationData: [x, y], validationBatchSize: 2 });
  expect(history['val_loss']).toEqual([1.5, 1.5, 1.5]);
  const { history: from } = await model().fit(x, y, { ...options, validationData: () => count(9) });
  expect(from['val_loss']).toEqual([1, 1, 1]);
});

test('generators are closed however a run ends', async () => {
  class Stop extends keras.callbacks.Callback<keras.Model> {
    override onTrainBatchEnd(batch: number) {
      if (batch === 1) this.model.stopTraining = true;
    }
  }
  class Throw extends keras.callbacks.Callback {
    override onTrainBatchEnd(batch: number) {
      if (batch === 1) throw new Error('mine');
    }
  }
  const before = closed;
  await model().fit(() => count(9), undefined, { verbose: 0, callbacks: [new Stop()] });
  await expect(model().fit(() => count(9), undefined, { verbose: 0, callbacks: [new Throw()] })).rejects.toThrow(
    'mine',
  );
  await model().fit(count(9), undefined, { verbose: 0, stepsPerEpoch: 2 });
  await model().evaluate(() => count(9), undefined, { verbose: 0, steps: 2 });
  await model().fit(() => count(2), undefined, { verbose: 0, validationData: () => count(9), validationSteps: 1 });
  expect(closed - before).toBe(6);
});

test('lists of plain arrays serve models with as many inputs or outputs', async () => {
  const [a, b] = [keras.Input({ shape: [2], name: 'a' }), keras.Input({ shape: [2], name: 'b' })];
  const head = (name: string) => new layers.Dense({ units: 1, kernelInitializer: 'ones', name });
  const two = new keras.Model<any>({ inputs: [a, b], outputs: [head('p')(a), head('q')(b)] });
  two.compile({ loss: 'mae' });
  const [A, B, zero] = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [5, 6],
      [7, 8],
    ],
    [[0], [0]],
  ];
  expect(await two.evaluate([A, B], [zero, zero], { verbose: 0 })).toEqual([18, 5, 13]);
  expect(await two.testOnBatch([A, B], [zero, zero])).toEqual([18, 5, 13]);
});

test.each([
  ['epochs', Number.NaN],
  ['epochs', 1.5],
  ['initialEpoch', -2],
  ['stepsPerEpoch', 0],
  ['validationSplit', 1.5],
  ['validationSplit', -0.2],
  ['validationFreq', 0],
  ['callbacks', [null]],
  ['batchSize', 2.5],
])('fit({ %s: %s }) is refused', async (name, value) => {
  await expect(model().fit([[1]], [[0]], { verbose: 0, [name]: value } as never)).rejects.toThrow(keras.HornbeamError);
});
test.each([[null], ['abc'], [7], [[['a'], [0]]]])('a source that gives %j is refused', async (given) => {
  const source = function* () {
    yield given as never;
  };
  await expect(model().fit(source, undefined, { verbose: 0 })).rejects.toThrow(keras.HornbeamError);
});

test('a Dataset trains, evaluates and predicts as the arrays do that it was made of', async () => {
  const { Dataset } = keras.data;
  const x = keras.ops.reshape(keras.ops.arange(10, { dtype: 'float32' }), [10, 1]);
  const [y, weights] = [keras.ops.zeros([10, 1]), keras.ops.arange(1, 11, 1, { dtype: 'float32' })];
  const learning = () => {
    keras.utils.setRandomSeed(1);
    const made = model();
    made.compile({ optimizer: 'adam', loss: 'mae', metrics: ['mse'] });
    return made;
  };
  const whole = Dataset.fromTensorSlices([x, y, weights]).batch(4);
  const steps: unknown[] = [];
  class Steps extends keras.callbacks.Callback {
    override onEpochBegin() {
      steps.push(this.params.steps);
    }
  }
  const callbacks = [new Steps()];
  const options = { epochs: 2, verbose: 0 } as const;
  const expected = await learning().fit(x, y, {
    ...options,
    sampleWeight: weights,
    batchSize: 4,
    shuffle: false,
    validationData: [x, y],
    validationBatchSize: 4,
  });
  const pairs = whole.map((a, b) => [a, b] as const);
  const found = await learning().fit(whole, undefined, { ...options, callbacks, validationData: pairs });
  expect(found.history).toEqual(expected.history);
  expect(steps).toEqual([3, 3]);
  // Over and over, in epochs that do not end where the data do.
  const endless = await learning().fit(whole.repeat(), undefined, { ...options, epochs: 3, stepsPerEpoch: 2 });
  expect(endless.history['loss']).toHaveLength(3);
  const again = await learning().fit(whole, undefined, { ...options, epochs: 3, stepsPerEpoch: 3 });
  expect(again.history['loss']!.slice(0, 2)).toEqual(found.history['loss']);
  const made = learning();
  expect(await made.evaluate(pairs, undefined, { verbose: 0 })).toEqual(
    await made.evaluate(x, y, { batchSize: 4, verbose: 0 }),
  );
  const inputs = Dataset.fromTensorSlices(x).batch(4);
  expect(await ((await made.predict(inputs)) as keras.Tensor).array()).toEqual(
    await ((await made.predict(x)) as keras.Tensor).array(),
  );
  for (const [wrong, option] of [
    [() => made.fit(whole.repeat(), undefined, { verbose: 0 }), 'fit: the data have no end[^]*stepsPerEpoch'],
    [() => made.fit(x, y, { verbose: 0, validationData: pairs.repeat() }), 'no end[^]*validationSteps'],
    [() => made.evaluate(pairs.repeat(), undefined, { verbose: 0 }), 'evaluate: the data have no end[^]*: steps'],
    [() => made.predict(inputs.repeat()), 'predict: the data have no end[^]*: steps'],
    [() => made.fit(whole, y as never, { verbose: 0 }), 'labels were given beside a source of batches'],
    [() => made.fit(whole, undefined, { validationSplit: 0.5 }), 'validationSplit needs arrays'],
  ] as const)
    await expect(wrong()).rejects.toThrow(new RegExp(option));
  await made.fit(whole, undefined, { verbose: 0, shuffle: true });
  expect(warn.mock.calls.flat().join()).toContain('shuffle: true has no effect');
});

test('streams of the web give batches, to fit and to adapt', async () => {
  const stream = () =>
    new ReadableStream<[number[][], number[][]]>({
      start(controller) {
        for (const batch of count(3)) controller.enqueue(batch);
        controller.close();
      },
    });
  expect((await model().fit(stream, undefined, { verbose: 0, epochs: 2 })).history).toEqual({ loss: [2, 2] });
  expect(await model().evaluate(stream(), undefined, { verbose: 0 })).toBe(2);
  // As in browsers whose streams cannot be iterated over.
  const reader = stream().getReader();
  const old = { getReader: () => reader } as unknown as ReadableStream<[number[][], number[][]]>;
  expect(await model().evaluate(old, undefined, { verbose: 0 })).toBe(2);
  const layer = new layers.Normalization({ axis: null });
  await layer.adapt(keras.data.Dataset.range(4).batch(3));
  expect(await layer.mean.item()).toBe(1.5);
  const lookup = new layers.StringLookup();
  await lookup.adapt(
    keras.data.Dataset.fromTensorSlices([keras.tensor(['b', 'a', 'b']), keras.tensor([1, 2, 3])]).batch(2),
  );
  expect(lookup.getVocabulary()).toEqual(['[UNK]', 'b', 'a']);
});
