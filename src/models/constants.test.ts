import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;

test('what a layer computed does not enter a functional model as a constant', () => {
  const x = keras.Input({ shape: [10, 4] });
  const positions = new layers.Embedding({ inputDim: 10, outputDim: 4, name: 'positions' });
  const refused =
    /is called on a constant computed of the weights of Embedding "positions": in the functional model these weights would be neither trained nor saved\n {2}Fix: compute it of something that depends on an Input/;
  expect(() => x.add(positions(ops.arange(10)))).toThrow(refused);
  expect(() => ops.add(ops.multiply(ops.expandDims(positions(ops.arange(10)), 0), 2), x)).toThrow(refused);
  expect(() => new layers.Add()([x, positions(ops.ones([1, 10]))])).toThrow(refused);
  ops.add(x, ops.stopGradient(positions(ops.arange(10))));
  const table = positions.embeddings;
  expect(() => ops.matmul(x, ops.transpose(table))).toThrow(
    'called on a constant computed of variable "positions/embeddings"',
  );
  positions.trainable = false;
  ops.matmul(x, ops.transpose(table));
  ops.add(x, positions(ops.arange(10)));
});

test('a variable given to an op of a functional model is live', async () => {
  const x = keras.Input({ shape: [2] });
  const dense = new layers.Dense({ units: 2, kernelInitializer: 'ones' });
  const y = dense(x);
  const model = new keras.Model({ inputs: x, outputs: ops.add(y, dense.bias!) });
  dense.bias!.assign(keras.tensor([1, 2]));
  expect(await model([[1, 1]]).array()).toEqual([[4, 6]]);
  model.compile({ loss: 'mse', optimizer: new keras.optimizers.SGD({ learningRate: 0.5 }) });
  await model.fit([[0, 0]], keras.tensor([[0, 0]]), { verbose: 0 });
  // The bias counts twice: loss mean((2 b)^2), gradient 4 b.
  expect(await dense.bias!.value.array()).toEqual([-1, -2]);
  expect(() => model.toJson()).toThrow(/called on variable "[^"]*bias", which a config cannot hold/);
});
