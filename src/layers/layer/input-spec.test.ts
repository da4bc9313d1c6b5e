import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;

test('a layer of one input refuses nests, and nothing', () => {
  const x = ops.ones([2, 4]);
  for (const layer of [
    new layers.Dense({ units: 2 }),
    new layers.BatchNormalization(),
    new layers.Dropout({ rate: 0.5 }),
    new layers.Activation({ activation: 'relu' }),
  ]) {
    expect(() => layer([x, x] as never)).toThrow('it expects one input, but received a nest of 2 tensors');
    expect(() => layer([] as never)).toThrow('it expects one input, but received no tensor');
  }
  expect(() => new layers.Concatenate()([] as never)).toThrow('it joins a list of inputs');
});

test('a mask that is none is refused', () => {
  const x = ops.ones([2, 3, 4]);
  expect(() => new layers.LSTM({ units: 2 })(x, { mask: {} as never })).toThrow('its mask is {}');
  expect(() => new layers.LSTM({ units: 2 })(x, { mask: 'all' as never })).toThrow('its mask is "all"');
});

test('a layer is built only on shapes that can be its input', () => {
  const build = (layer: unknown, shape: unknown) => () =>
    (layer as keras.layers.Dense).buildFromConfig({ input_shape: shape });
  expect(build(new layers.Dense({ units: 2 }), [[null, 3]])).toThrow('it cannot be built on [[null,3]]');
  expect(build(new layers.Dense({ units: 2 }), {})).toThrow('which its build_config names');
  const distributed = new layers.TimeDistributed({ layer: new layers.Dense({ units: 2 }) });
  expect(build(distributed, { a: [null, 3] })).toThrow('which its build_config names');
  expect(build(new layers.Add(), [[[null]], [null, 3]])).toThrow('it merges a list of inputs');
  expect(build(new layers.Dense({ units: 2 }), [null, 3])).not.toThrow();
});
