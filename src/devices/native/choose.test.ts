import { afterEach, describe, expect, it, vi } from 'vitest';
import * as keras from '../../index.ts';
import { widthsHere } from './testing.ts';

afterEach(() => keras.config.setDevice('wasm'));

describe.skipIf(widthsHere().length === 0)('the device "native"', () => {
  it('trains what wasm trains, and takes over its tensors', async () => {
    const { layers } = keras;
    const weights: Float32Array[] = [];
    const x = keras.random.normal([40, 9], { seed: 1 });
    for (const device of ['wasm', 'native']) {
      await keras.config.setDevice(device);
      expect(keras.config.device()).toBe(device);
      keras.utils.setRandomSeed(3);
      const model = new keras.Sequential([
        keras.Input({ shape: [9] }),
        new layers.Dense({ units: 17, activation: 'gelu' }),
        new layers.BatchNormalization(),
        new layers.Dense({ units: 1 }),
      ]);
      model.compile({ optimizer: 'adam', loss: 'mse' });
      await model.fit(x, keras.ops.sum(x, { axis: 1, keepdims: true }), { epochs: 3, batchSize: 16, verbose: 0 });
      weights.push(model.getWeights()[0]!.dataSync<'float32'>());
    }
    expect(weights[0]).not.toEqual(new Float32Array(weights[0]!.length));
    weights[0]!.forEach((w, i) => expect(weights[1]![i]).toBeCloseTo(w, 4));
  });

  it('is what "auto" takes, and says once', async () => {
    const said = vi.spyOn(console, 'info').mockImplementation(() => {});
    for (let n = 0; n < 2; n++) {
      await keras.config.setDevice('auto');
      expect(keras.config.device()).toBe('native');
    }
    expect(said.mock.calls).toEqual([['Hornbeam computes on the device "native".']]);
    said.mockRestore();
  });
});
