import { expect, test } from 'vitest';
import { KerasTensor, tensor } from '../tensor/index.ts';
import * as layers from './index.ts';

test('layers called on symbolic tensors give shapes, and on numbers numbers', async () => {
  const x = layers.Input({ shape: [8, 8, 3] });
  let y = new layers.Conv2D({ filters: 4, kernelSize: 3, activation: 'relu' })(x);
  y = new layers.BatchNormalization()(y);
  y = new layers.LeakyReLU()(y);
  y = new layers.MaxPooling2D()(y);
  y = new layers.Add()([y, y]);
  y = new layers.Concatenate()([y, y]);
  y = new layers.Dropout({ rate: 0.5 })(y);
  y = new layers.Flatten()(y);
  y = new layers.Activation({ activation: 'tanh' })(y);
  const dense = new layers.Dense({ units: 5 });
  y = dense(y);
  expect(y).toBeInstanceOf(KerasTensor);
  expect(y.shape).toEqual([null, 5]);
  expect(dense.kernel.shape).toEqual([72, 5]);
  expect(dense.weights.map((w) => w.path)).toEqual([`${dense.name}/kernel`, `${dense.name}/bias`]);
  expect(dense.units).toBe(5);
  const concrete = dense(tensor([new Array<number>(72).fill(0)]));
  expect(await concrete.array()).toEqual([[0, 0, 0, 0, 0]]);
});

test('a batch normalization follows the batch while training', async () => {
  const layer = new layers.BatchNormalization({ momentum: 0.5 });
  const y = layer(
    [
      [1, 10],
      [3, 30],
    ],
    { training: true },
  );
  expect((await y.data()).map(Math.round)).toEqual(new Float32Array([-1, -1, 1, 1]));
  expect(await layer.movingMean.value.array()).toEqual([1, 10]);
  expect(await layer.movingVariance.value.array()).toEqual([1, 50.5]);
});
