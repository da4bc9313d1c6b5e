import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
const data = keras.tensor([
  [1, 2, 3],
  [3, 6, 3],
]);

test('what was found can be read, in a shape that goes with the inputs', async () => {
  const layer = new layers.Normalization();
  expect(() => layer.mean).toThrow(/has no mean yet.*adapt/s);
  layer.adapt(data);
  expect(await layer.mean.array()).toEqual([[2, 4, 3]]);
  expect(await layer.variance.array()).toEqual([[1, 4, 0]]);
  const back = layer(data).mul(ops.sqrt(layer.variance)).add(layer.mean);
  expect(await back.array()).toEqual(await data.array());
  expect(layer.getConfig()).toMatchObject({ mean: null, variance: null });
  // As Keras: (1, 2, 1, 1) for the second of four axes.
  const channels = new layers.Normalization({ axis: 1 });
  channels.adapt(ops.ones([3, 2, 4, 5]));
  expect(channels.mean.shape).toEqual([1, 2, 1, 1]);
});

test('what was given can be read, and compiled code reads what is found later', async () => {
  const given = new layers.Normalization({ mean: 2, variance: 4 });
  expect([await given.mean.item(), await given.variance.item()]).toEqual([2, 4]);
  expect(given.getConfig()).toMatchObject({ mean: 2, variance: 4 });
  expect(() => given.adapt(data)).toThrow(/were given/);

  const layer = new layers.Normalization();
  layer.build([null, 3]);
  const centre = keras.jit((x: keras.Tensor) => x.sub(layer.mean));
  expect(await centre(data).array()).toEqual(await data.array());
  layer.adapt(data);
  expect(await ops.getItem(centre(data), 0).array()).toEqual([-1, -2, 0]);
});
