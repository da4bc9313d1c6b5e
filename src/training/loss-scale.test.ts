import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, optimizers } = keras;
const policy = { dtype: 'mixed_float16' } as const;
function model(options: object): keras.Model {
  const inputs = keras.Input({ shape: [1] });
  const outputs = new layers.Dense({ units: 1, useBias: false, kernelInitializer: 'ones', ...policy })(inputs);
  const made = new keras.Model({ inputs, outputs, ...policy });
  made.compile({
    loss: (_: keras.Tensor, y: keras.Tensor) => keras.ops.multiply(keras.ops.cast(y, 'float16'), 1e-5),
    ...options,
  });
  return made;
}

test('with mixed_float16 the loss is scaled, so that small gradients do not vanish', async () => {
  // The gradient is 1e-5 · 1e-3: less than float16 can hold.
  const m = model({ optimizer: new optimizers.SGD({ learningRate: 1e6 }) });
  await m.fit([[1e-3]], [[0]], { verbose: 0 });
  expect((await m.getWeights()[0]!.data())[0]).toBeCloseTo(1 - 0.01, 3);
});
test('the optimizer is the scaling one, but files keep the one that was given', () => {
  const m = model({ optimizer: 'adam' });
  expect(m.optimizer).toBeInstanceOf(optimizers.LossScaleOptimizer);
  expect(m.optimizer!.name).toBe('loss_scale_optimizer');
  expect((m.getCompileConfig()!['optimizer'] as { class_name: string }).class_name).toBe('Adam');
  expect(model({ optimizer: 'adam', autoScaleLoss: false }).optimizer).toBeInstanceOf(optimizers.Adam);
  const own = new optimizers.LossScaleOptimizer({ innerOptimizer: new optimizers.SGD() });
  expect(model({ optimizer: own }).optimizer).toBe(own);
});

test('the optimizer says whether gradients are finite', async () => {
  const scaling = new keras.optimizers.LossScaleOptimizer({ innerOptimizer: new keras.optimizers.SGD() });
  const isFinite = async (...gradients: (keras.Tensor | null)[]): Promise<unknown> =>
    (await scaling.checkFinite(gradients).data())[0];
  const [good, bad] = [keras.ops.array([1, 2]), keras.ops.array([1, Number.POSITIVE_INFINITY])];
  expect([await isFinite(good, null), await isFinite(good, bad), await isFinite()]).toEqual([1, 0, 1]);
});
