import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { layers, ops, initializers } = keras;
const x = ops.reshape(ops.sin(ops.arange(60, { dtype: 'float32' })), [2, 3, 5, 2]);
const constant = (value: number) => new initializers.Constant({ value });
const weights = {
  kernelInitializer: constant(0.2),
  recurrentInitializer: constant(0.3),
  biasInitializer: constant(0.1),
};

// What Keras 3.15.1 on JAX gives: each gate drops inputs and states of its own; inference draws as well.
test.each([
  [{ dropout: 0.3 }, [0.10833404, 0.0167372], 0.21021985, 12, [0.10377554, 0.023091]],
  [{ recurrentDropout: 0.4 }, [0.17992455, 0.01864355], 0.17254028, 12, [0.19073863, 0.01362129]],
  [{ dropout: 0.3, recurrentDropout: 0.4 }, [0.20398977, -0.01919353], 0.1447968, 24, [0.10110478, 0.01894304]],
] as const)('%j drops as in Keras', async (options, [first, third], second, draws, channelsFirst) => {
  const common = { filters: 2, kernelSize: 2, seed: 3, ...weights, ...options };
  const layer = new layers.ConvLSTM1D(common);
  layer(x, { training: false });
  const [a, b] = [await layer(x, { training: true }).data(), await layer(x, { training: true }).data()];
  expect(a[0]).toBeCloseTo(first, 5);
  expect(a[2]).toBeCloseTo(third, 5);
  expect(b[0]).toBeCloseTo(second, 5);
  expect([...(await layer.cell.seedGenerator.state.value.data())]).toEqual([3, draws]);

  const other = new layers.ConvLSTM1D({ ...common, dataFormat: 'channels_first' });
  const y = await other(ops.transpose(x, { axes: [0, 1, 3, 2] }), { training: true }).data();
  for (const [k, want] of channelsFirst.entries()) expect(y[k]).toBeCloseTo(want, 5);
});

test('gates drop inputs over a video alike in a loop and written out', async () => {
  const video = ops.reshape(ops.cos(ops.arange(2 * 3 * 4 * 4, { dtype: 'float32' })), [2, 3, 4, 4, 1]);
  const common = { filters: 2, kernelSize: 3, padding: 'same', seed: 3, ...weights, dropout: 0.5 } as const;
  const [looped, written] = [false, true].map((unroll) =>
    new layers.ConvLSTM2D({ ...common, unroll, returnSequences: true })(video, { training: true }),
  );
  expect(await ops.max(ops.abs(ops.subtract(looped!, written!))).item()).toBeLessThan(1e-6);
});

test('masks, states and shapes', async () => {
  const layer = new layers.ConvLSTM2D({ filters: 2, kernelSize: 3, stateful: true, returnState: true });
  expect(layer.computeOutputShape([4, 3, 8, 8, 3])).toEqual([
    [4, 6, 6, 2],
    [4, 6, 6, 2],
    [4, 6, 6, 2],
  ]);
  expect(layer.states.map((s) => s.shape)).toEqual([
    [4, 6, 6, 2],
    [4, 6, 6, 2],
  ]);
  const inputs = keras.Input({ shape: [null, 8, 8, 1] });
  const y = new layers.ConvLSTM2D({ filters: 3, kernelSize: 3, padding: 'same', strides: 2 })(inputs);
  expect(y.shape).toEqual([null, 4, 4, 3]);
  expect(() => new layers.ConvLSTM1D({ filters: 1, kernelSize: 2, strides: 2, dilationRate: 2 })).toThrow(
    /strides \[2\] and dilationRate \(dilation_rate\) \[2\] cannot both be greater than 1/,
  );
  expect(() => new layers.ConvLSTM1D({ filters: 1, kernelSize: 9 }).build([null, 3, 5, 1])).toThrow(
    /ConvLSTM1D "conv_lstm1d.*kernelSize \(kernel_size\) \[9\] does not fit into inputs of sizes \(5,\)/,
  );
});
