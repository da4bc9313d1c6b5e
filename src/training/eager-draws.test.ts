import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;

/** Losses of two epochs of two steps. */
async function losses(make: () => keras.Layer, runEagerly: boolean): Promise<number[]> {
  keras.utils.setRandomSeed(5);
  const model = new keras.Sequential([keras.Input({ shape: [4, 3] }), make()]);
  model.compile({ optimizer: 'sgd', loss: 'mse', runEagerly });
  const x = ops.reshape(ops.sin(ops.arange(96, { dtype: 'float32' })), [8, 4, 3]);
  const history = await model.fit(x, ops.ones([8, 2]), { batchSize: 4, epochs: 2, shuffle: false, verbose: 0 });
  return history.history['loss'] as number[];
}

test('op by op, recurrent layers drop the same elements as in the compiled step', async () => {
  for (const make of [
    () => new layers.LSTM({ units: 2, dropout: 0.5 }),
    () => new layers.GRU({ units: 2, dropout: 0.3, recurrentDropout: 0.4 }),
    () => new layers.Bidirectional({ layer: new layers.SimpleRNN({ units: 1, recurrentDropout: 0.5 }) }),
  ] as const) {
    const [eager, compiled] = [await losses(make, true), await losses(make, false)];
    eager.forEach((loss, k) => {
      expect(loss).toBeCloseTo(compiled[k]!, 5);
    });
  }
  // What Keras on JAX gives.
  const [first, second] = await losses(() => new layers.LSTM({ units: 2, dropout: 0.5 }), true);
  expect(first).toBeCloseTo(1.01179, 4);
  expect(second).toBeCloseTo(1.08116, 4);
});
