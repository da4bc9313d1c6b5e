import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops } = keras;
const x = ops.reshape(ops.sin(ops.arange(12, { dtype: 'float32' })), [2, 3, 2]);
const ones = { kernelInitializer: 'ones', recurrentInitializer: 'ones', biasInitializer: 'ones' } as const;

// What Keras 3.15.1 on JAX gives: each gate drops states (and then inputs too) of its own; inference draws as well.
test.each([
  [layers.LSTM, { recurrentDropout: 0.4 }, [0.670827, 0.883471], 0.699681, 12],
  [layers.LSTM, { dropout: 0.3, recurrentDropout: 0.4 }, [0.478655, 0.53567], 0.409592, 24],
  [layers.LSTM, { dropout: 0.3 }, [0.770563, 0.825484], 0.808381, 3],
  [layers.GRU, { recurrentDropout: 0.4 }, [0.10094, 0.164426], 0.0521586, 9],
  [layers.GRU, { recurrentDropout: 0.4, resetAfter: false }, [-0.100672, -0.0684798], -0.219583, 9],
  [layers.GRU, { dropout: 0.3, recurrentDropout: 0.4 }, [-0.0781675, 0.301827], -0.422912, 18],
  [layers.SimpleRNN, { dropout: 0.3, recurrentDropout: 0.4 }, [0.997008, 0.843287], 0.95469, 6],
] as const)('%o with %j', async (Class, options, first, second, draws) => {
  const layer = new (Class as typeof layers.LSTM)({ units: 2, seed: 3, ...ones, ...options });
  layer(x, { training: false });
  const [a, b] = [await layer(x, { training: true }).data(), await layer(x, { training: true }).data()];
  for (const [k, want] of first.entries()) expect(a[2 * k]).toBeCloseTo(want, 5);
  expect(b[0]).toBeCloseTo(second, 5);
  const { seedGenerator } = layer.cell as keras.layers.LSTMCell;
  expect([...(await seedGenerator.state.value.data())]).toEqual([3, draws]);
});

test('stacked cells draw each by its own seed', async () => {
  const drops = { units: 2, dropout: 0.3, recurrentDropout: 0.4, ...ones };
  const cell = [new layers.LSTMCell({ ...drops, seed: 3 }), new layers.GRUCell({ ...drops, seed: 4 })];
  const y = await new layers.RNN({ cell })(x, { training: true }).data();
  expect(y[0]).toBeCloseTo(0.068753, 5);
  expect(y[2]).toBeCloseTo(0.0619898, 5);
});
