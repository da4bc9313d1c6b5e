import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DType } from '../src/base/dtype.ts';
import * as keras from '../src/index.ts';
import { currentDevice } from '../src/runtime/device.ts';
import { hasGpu } from './conformance/cases.ts';

const { ops, tensor } = keras;
const withGpu = await hasGpu();

describe.runIf(withGpu)('on a GPU', () => {
  beforeAll(() => keras.config.setDevice('webgpu'));
  afterAll(() => keras.config.setDevice('wasm'));

  const data = (): [keras.Tensor, keras.Tensor] => {
    const x = Float32Array.from({ length: 64 * 4 }, (_, k) => Math.sin(k * 1.7));
    const y = Float32Array.from({ length: 64 }, (_, k) => x[4 * k]! - 2 * x[4 * k + 1]!);
    return [tensor(x, { shape: [64, 4] }), tensor(y, { shape: [64, 1] })];
  };
  const small = (): keras.Sequential => {
    const model = new keras.Sequential([
      new keras.layers.Dense({ units: 8, activation: 'tanh', kernelInitializer: 'orthogonal' }),
      new keras.layers.Dropout({ rate: 0.1 }),
      new keras.layers.Dense({ units: 1 }),
    ]);
    model.compile({ optimizer: new keras.optimizers.Adam({ learningRate: 0.02 }), loss: 'mse', metrics: ['mae'] });
    return model;
  };

  test('a model trains with callbacks and a progress bar, is saved, loaded, and moves to another device', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'webgpu-'));
    try {
      const [x, y] = data();
      const model = small();
      const { history } = await model.fit(x, y, {
        epochs: 6,
        batchSize: 16,
        verbose: 2,
        validationSplit: 0.25,
        callbacks: [
          new keras.callbacks.ReduceLROnPlateau({ monitor: 'loss', patience: 1 }),
          new keras.callbacks.EarlyStopping({ monitor: 'val_loss', patience: 20, restoreBestWeights: true }),
          new keras.callbacks.ModelCheckpoint({ filepath: join(folder, 'best.keras'), monitor: 'loss' }),
        ],
      });
      expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0]!);
      const expected = await ((await model.predict(x)) as keras.Tensor).data();
      await model.save(join(folder, 'model.keras'));
      const loaded = (await keras.models.loadModel(join(folder, 'model.keras'))) as keras.Model;
      expect(await ((await loaded.predict(x)) as keras.Tensor).data()).toEqual(expected);
      const weights = model.getWeights();
      const found = await Promise.all(weights.map((w) => w.data()));
      await keras.config.setDevice('wasm');
      expect(weights.map((w) => w.dataSync())).toEqual(found);
      const there = (await model.predict(x)) as keras.Tensor;
      expect(there.dataSync().every((v, k) => Math.abs(v - expected[k]!) < 1e-5)).toBe(true);
      await model.fit(x, y, { epochs: 1, verbose: 0 });
      await keras.config.setDevice('webgpu');
      await model.evaluate(x, y, { verbose: 0 });
    } finally {
      rmSync(folder, { recursive: true });
      await keras.config.setDevice('webgpu');
    }
  });

  test('every stored type comes back as it went', async () => {
    const values: Partial<Record<DType, number[]>> = {
      bool: [1, 0, 1],
      int8: [-128, 127, -1],
      uint8: [255, 0, 7],
      int16: [-32768, 32767, 5],
      uint16: [65535, 1, 2],
      int32: [-(2 ** 31), 2 ** 31 - 1, 0],
      uint32: [2 ** 32 - 1, 0, 9],
      float16: [0.333251953125, -65504, Infinity],
      bfloat16: [1.0078125, -3.3895313892515355e38, -Infinity],
      float32: [2 ** -100, Number.NaN, -0],
    };
    for (const [dtype, list] of Object.entries(values)) {
      const x = tensor(list, { dtype: dtype as DType });
      // Through a kernel, so that the numbers are the device's own.
      const y = ops.flip(ops.flip(x));
      expect(Array.from(await y.data()), dtype).toEqual(list);
    }
    expect(
      Array.from(await ops.add(tensor([127, -128], { dtype: 'int8' }), tensor([1, -1], { dtype: 'int8' })).data()),
    ).toEqual([-128, 127]);
    expect(
      Array.from(await ops.add(tensor([2048], { dtype: 'float16' }), tensor([1], { dtype: 'float16' })).data()),
    ).toEqual([2048]);
  });

  test('infinities and NaN are kept apart from numbers', async () => {
    const x = tensor([Number.NaN, Infinity, -Infinity, 0, -1]);
    expect(Array.from(await ops.isnan(x).data(), Boolean)).toEqual([true, false, false, false, false]);
    expect(Array.from(await ops.maximum(x, 0).data())).toEqual([Number.NaN, Infinity, 0, 0, 0]);
    expect(Array.from(await ops.exp(x).data())).toEqual([Number.NaN, Infinity, 0, 1, expect.closeTo(Math.exp(-1), 6)]);
    expect(Array.from(await ops.log(x).data())).toEqual([Number.NaN, Infinity, Number.NaN, -Infinity, Number.NaN]);
    expect(await ops.max(x).item()).toBeNaN();
  });

  test('one kernel may need more arrays than the GPU binds', async () => {
    const parts = Array.from({ length: 40 }, (_, k) => ops.multiply(tensor([k, k + 0.5, -k]), 2));
    const joined = await ops.concatenate(parts).data();
    expect(Array.from(joined)).toEqual(parts.flatMap((_, k) => [2 * k, 2 * k + 1, k === 0 ? -0 : -2 * k]));
    const sum = parts.reduce((a, b) => ops.add(a, b));
    expect(Array.from(await sum.data())).toEqual([1560, 1600, -1560]);
  });

  test('a loop that its numbers end runs as long as they say, and what comes after waits for it', async () => {
    const [n] = ops.whileLoop(
      (k: keras.Tensor) => ops.less(k, 1000),
      (k: keras.Tensor) => [ops.multiply(k, 3)],
      [tensor(1)],
    ) as keras.Tensor[];
    const doubled = ops.multiply(n!, 2);
    expect(await doubled.item()).toBe(2 * 3 ** 7);
  });

  test('training steps hold no more bytes as they go on', async () => {
    const [x, y] = data();
    const model = small();
    await model.fit(x, y, { epochs: 2, batchSize: 16, verbose: 0 });
    const before = currentDevice().bytesInUse;
    await model.fit(x, y, { epochs: 20, batchSize: 16, verbose: 0 });
    expect(currentDevice().bytesInUse).toBeLessThan(before + 200_000);
  });

  test('a step tells how long its kernels take, and stays as it was', async () => {
    const [x, y] = data();
    const model = small();
    await model.trainOnBatch(x, y);
    const before = await Promise.all(model.getWeights().map((w) => w.data()));
    const text = await model.trainFunction.explain({ timed: true });
    expect(text).toMatch(/[\d.]+ ms on the GPU \(mean of 20 runs\)\n#.* ms |\nNo milliseconds: .*timestamp-query/);
    expect(await Promise.all(model.getWeights().map((w) => w.data()))).toEqual(before);
    await model.trainOnBatch(x, y);
  });

  test('what cannot be had at once, or at all, is said', () => {
    const y = ops.add(tensor([1, 2]), 1);
    expect(() => y.dataSync()).toThrow(/await t\.data\(\)/);
    expect(() => currentDevice().upload(new Float64Array(2), 'float64')).toThrow(/no float64/);
    const huge = 2 ** 26;
    expect(() => ops.zeros([huge, 1024])).toThrow(/output 0 of "zeros".*bytes, but this GPU's buffers have at most/s);
  });
});
