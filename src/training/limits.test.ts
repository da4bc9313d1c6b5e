import { afterEach, expect, test, vi } from 'vitest';
import * as keras from '../index.ts';

const { config, layers, ops } = keras;
afterEach(() => {
  config.setMaxEpochs(null);
  config.setMaxStepsPerEpoch(null);
  config.enableInteractiveLogging();
  vi.restoreAllMocks();
});
const compiled = (): keras.Model => {
  const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
  model.compile({ loss: 'mse' });
  return model;
};
const [x, y] = [ops.ones([100, 2]), ops.ones([100, 1])];

/** The numbers of steps are those of Keras. */
test('epochs and steps are limited as in Keras', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const model = compiled();
  config.setMaxEpochs(2);
  config.setMaxStepsPerEpoch(3);
  const history = await model.fit(x, y, { epochs: 5, batchSize: 10, verbose: 0 });
  expect(history.epoch).toEqual([0, 1]);
  expect(history.params).toMatchObject({ epochs: 2, steps: 3 });
  expect(await model.optimizer!.iterations.numpy()).toBe(6);
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/5 epochs are limited to 2/));
  await model.fit(x, y, { epochs: 5, initialEpoch: 1, batchSize: 10, stepsPerEpoch: 8, verbose: 0 });
  expect(await model.optimizer!.iterations.numpy()).toBe(9);
  const batches = Array.from({ length: 10 }, () => [ops.ones([4, 2]), ops.ones([4, 1])] as const);
  await model.fit(() => batches, undefined, { epochs: 2, verbose: 0 });
  expect(await model.optimizer!.iterations.numpy()).toBe(15);
  expect((await model.predict(x, { batchSize: 10, verbose: 0 })) as keras.Tensor).toHaveProperty('shape', [30, 1]);
  config.setMaxEpochs(0);
  expect([config.maxEpochs(), config.maxStepsPerEpoch()]).toEqual([null, 3]);
  expect(() => config.setMaxEpochs(-1)).toThrow(/-1 is no number of rounds/);
  expect(() => config.setMaxStepsPerEpoch('a' as never)).toThrow(/"a" is no number/);
});

test('without interactive logging nothing is printed', async () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  config.disableInteractiveLogging();
  expect(config.isInteractiveLoggingEnabled()).toBe(false);
  const model = compiled();
  await model.fit(x, y, { epochs: 2 });
  model.summary();
  expect([log.mock.calls.length, write.mock.calls.length]).toEqual([0, 0]);
  config.enableInteractiveLogging();
  await model.fit(x, y, { epochs: 2 });
  expect(log.mock.calls[0]).toEqual(['Epoch 1/2']);
});

test('options of training that cannot be meant are refused', async () => {
  const refused = async (options: object, by: RegExp): Promise<void> =>
    expect(compiled().fit(x, y, { verbose: 0, ...options })).rejects.toThrow(by);
  await refused({ verbose: 'loud' }, /fit: verbose is "loud"/);
  await refused({ validationData: [x, y, y, y] }, /validationData is a list of 4/);
  await refused({ validationData: [x] }, /validationData is a list of 1/);
  await refused({ classWeight: 5 }, /classWeight is 5/);
  expect(() => new keras.callbacks.EarlyStopping({ monitor: 5 as never })).toThrow(/EarlyStopping: monitor is 5/);
  await expect(compiled().evaluate(x, y, { verbose: 3 as never })).rejects.toThrow(/evaluate: verbose is 3/);
});
test('a metric that is a function has to give a tensor', async () => {
  const model = compiled();
  const nothing = (): keras.Tensor => undefined as never;
  model.compile({ loss: 'mse', metrics: [nothing] });
  await expect(model.fit(x, y, { verbose: 0 })).rejects.toThrow(/its function gave undefined, which is no tensor/);
});
