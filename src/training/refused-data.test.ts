import { describe, expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;

const classifier = (runEagerly: boolean): keras.Model => {
  const model = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new layers.Dense({ units: 3, activation: 'softmax' }),
  ]);
  model.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'], runEagerly });
  return model;
};
const x = ops.reshape(ops.sin(ops.arange(12, { dtype: 'float32' })), [6, 2]);
const y = [0, 1, 2, 0, 1, 2];
const weightsOf = (model: keras.Model) => Promise.all(model.getWeights().map((w) => w.array()));

describe.each([false, true])('runEagerly: %s', (runEagerly) => {
  test.each([
    ['inputs', ops.ones([4, 3]), [0, 1, 2, 0], /validationData: .*(4, 3)/s],
    ['labels', ops.ones([4, 2]), ops.ones([4, 3]), /validationData: .*labels \(4, 3\), predictions \(4, 3\)/s],
    ['classes', ops.ones([4, 2]), [0, 1, 2, 3], /validationData: .*label 3 is no class/s],
  ] as [string, keras.Tensor, keras.Tensor | number[], RegExp][])(
    'validation %s that do not fit are named before the first step',
    async (_, vx, vy, message) => {
      const model = classifier(runEagerly);
      const before = await weightsOf(model);
      const fit = model.fit(x, y, { verbose: 0, validationData: [vx, vy] });
      await expect(fit).rejects.toThrow(message);
      expect(await weightsOf(model)).toEqual(before);
    },
  );

  test('validation on longer sequences than those of training leaves no trace in the logs', async () => {
    const build = (): keras.Model => {
      keras.utils.setRandomSeed(3);
      const inputs = keras.Input({ shape: [null, 2] });
      const outputs = ['a', 'b'].map((name) =>
        new layers.Dense({ units: 1, name })(new layers.LSTM({ units: 2 })(inputs)),
      );
      const model = new keras.Model({ inputs, outputs });
      model.compile({ optimizer: 'sgd', loss: ['mse', 'mae'], runEagerly });
      return model;
    };
    const ys = [ops.ones([6, 1]), ops.zeros([6, 1])];
    const sequences = ops.reshape(x, [6, 1, 2]);
    const longer: [keras.Tensor, keras.Tensor[]] = [ops.ones([6, 4, 2]), ys];
    const plain = await build().fit(sequences, ys, { verbose: 0 });
    const { history } = await build().fit(sequences, ys, { verbose: 0, validationData: longer });
    const { val_loss, val_a_loss, val_b_loss, ...training } = history;
    expect(training).toEqual(plain.history);
    expect(val_loss![0]).toBeCloseTo(Number(val_a_loss![0]) + Number(val_b_loss![0]), 5);
  });
});

test('labels outside of the classes are told from generators, data sets and single batches too', async () => {
  const odd = [0, 1, 2, 5, 1, 2];
  const message = /label 5 is no class: .* know 3 classes, 0 to 2/s;
  const model = classifier(false);
  await expect(model.trainOnBatch(x, odd)).rejects.toThrow(message);
  await expect(model.testOnBatch(x, odd)).rejects.toThrow(message);
  const batches = () => [[x, odd]].values() as IterableIterator<[keras.Tensor, number[]]>;
  await expect(model.fit(batches, { verbose: 0 })).rejects.toThrow(message);
  const dataset = keras.data.Dataset.fromTensorSlices([x, odd]).batch(3) as unknown as keras.data.Dataset<
    [keras.Tensor, keras.Tensor]
  >;
  await expect(model.evaluate(dataset, { verbose: 0 })).rejects.toThrow(message);
  // Weights may say that they do not count.
  await model.trainOnBatch(x, odd, { sampleWeight: [1, 1, 1, 0, 1, 1] });
  await model.trainOnBatch(x, y);
});
