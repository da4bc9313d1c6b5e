import { expect, it } from 'vitest';
import * as keras from '../../index.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { convertWeights } from './convert-weights.ts';

const keras1 = { version: '1.2.2', backend: 'tensorflow' };
const stored = (shape: readonly number[], ...data: number[]) => ({
  path: 'w',
  shape,
  dtype: 'float32',
  data: Float32Array.from(data),
});
const built = (layer: unknown, shape: readonly (number | null)[]): AnyLayer => {
  (layer as AnyLayer).build(shape);
  return layer as AnyLayer;
};

it('puts the gates together that Keras 1 kept apart', () => {
  const lstm = built(new keras.layers.LSTM({ units: 1 }), [null, 3, 1]);
  // Kernel, recurrent kernel and bias of i, c, f, o.
  const apart = [1, 2, 3, 4].flatMap((gate) => [
    stored([1, 1], gate),
    stored([1, 1], 10 * gate),
    stored([1], 100 * gate),
  ]);
  const found = convertWeights(lstm, apart, keras1);
  expect(found.map(({ shape }) => shape)).toEqual([[1, 4], [1, 4], [4]]);
  expect(found.map(({ data }) => Array.from(data, Number))).toEqual([
    [1, 3, 2, 4],
    [10, 30, 20, 40],
    [100, 300, 200, 400],
  ]);
});
it('reads kernels of convolutions in the orders of Keras 1 and Theano', () => {
  const conv1d = built(new keras.layers.Conv1D({ filters: 1, kernelSize: 3, useBias: false }), [null, 5, 2]);
  const [flat] = convertWeights(conv1d, [stored([3, 1, 2, 1], 1, 2, 3, 4, 5, 6)], keras1);
  expect(flat!.shape).toEqual([3, 2, 1]);
  const conv = built(new keras.layers.Conv2D({ filters: 1, kernelSize: [1, 3], useBias: false }), [null, 4, 4, 2]);
  const [turned] = convertWeights(conv, [stored([1, 2, 1, 3], 1, 2, 3, 4, 5, 6)], keras1);
  expect([turned!.shape, Array.from(turned!.data, Number)]).toEqual([
    [1, 3, 2, 1],
    [1, 4, 2, 5, 3, 6],
  ]);
  const theano = { version: '2.1.2', backend: 'theano' };
  const [back] = convertWeights(conv, [stored([1, 3, 2, 1], 1, 2, 3, 4, 5, 6)], theano);
  expect(Array.from(back!.data, Number)).toEqual([5, 6, 3, 4, 1, 2]);
});
