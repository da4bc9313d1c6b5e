import { expect, test, vi } from 'vitest';
import * as keras from '../index.ts';

class Numbers extends keras.utils.PyDataset {
  readonly calls: unknown[] = [];
  count: number | null = 7;
  get numBatches() {
    return this.count;
  }
  getItem(k: number): [x: number[][], y: number[][]] | Promise<[x: number[][], y: number[][]]> {
    this.calls.push(k);
    return [[[k]], [[0]]];
  }
  override onEpochBegin() {
    this.calls.push('begin');
  }
  override onEpochEnd() {
    this.calls.push('end');
  }
}
function model(): keras.Model {
  keras.utils.setRandomSeed(3);
  const made = new keras.Sequential([
    keras.Input({ shape: [1] }),
    new keras.layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  made.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), loss: 'mae' });
  return made;
}
const [first, second] = [
  [3, 2, 1, 6, 0, 4, 5],
  [0, 6, 2, 3, 5, 1, 4],
];

// The orders and losses are those of Keras 3.15.1 on JAX; before the first fit it looks at a batch, of an order that is thrown away.
test.each([
  [{}, ['begin', ...first, 'end', 'begin', ...second, 'end'], [3, 3]],
  [{ stepsPerEpoch: 3 }, ['begin', 3, 2, 1, 'end', 'begin', 6, 0, 4, 'end'], [2, 10 / 3]],
  [{ shuffle: false }, ['begin', 0, 1, 2, 3, 4, 5, 6, 'end', 'begin', 0, 1, 2, 3, 4, 5, 6, 'end'], [3, 3]],
])('fit with %j takes the batches in the order of Keras', async (options, calls, losses) => {
  const data = new Numbers();
  const { history } = await model().fit(data, undefined, { epochs: 2, verbose: 0, ...options });
  expect(data.calls).toEqual(calls);
  history['loss']!.forEach((loss, k) => expect(loss).toBeCloseTo(losses[k]!, 5));
});

test('several workers make batches ahead, as many as may wait, and in order', async () => {
  let [running, most, begun] = [0, 0, 0];
  class Slow extends Numbers {
    override async getItem(k: number): Promise<[x: number[][], y: number[][]]> {
      most = Math.max(most, ++running);
      begun++;
      await new Promise((resolve) => setTimeout(resolve, 5 * (3 - (k % 3))));
      running--;
      return super.getItem(k);
    }
  }
  const ahead: number[] = [];
  const callbacks = [new keras.callbacks.LambdaCallback({ onTestBatchEnd: (step) => void ahead.push(begun - step) })];
  const made = model();
  const data = new Slow({ workers: 3, maxQueueSize: 4 });
  expect(await made.evaluate(data, undefined, { verbose: 0, callbacks })).toBe(3);
  expect(most).toBe(3);
  expect(Math.max(...ahead)).toBeLessThanOrEqual(6);
  const outputs = (await made.predict(data)) as keras.Tensor;
  expect(await outputs.array()).toEqual(Array.from({ length: 7 }, (_, k) => [k]));
  const failing = new Slow({ workers: 2 });
  failing.getItem = async () => Promise.reject(new Error('mine'));
  await expect(made.evaluate(failing, undefined, { verbose: 0 })).rejects.toThrow('mine');
});

test('without end it needs a number of steps, and its epochs may have other numbers of batches', async () => {
  const data = new Numbers();
  data.count = null;
  await expect(model().fit(data, undefined, { verbose: 0 })).rejects.toThrow(/no end[\s\S]*stepsPerEpoch/);
  const { history } = await model().fit(data, undefined, { verbose: 0, stepsPerEpoch: 2, epochs: 2 });
  expect(history['loss']).toEqual([0.5, 2.5]);
  class Growing extends Numbers {
    override onEpochEnd() {
      this.count = this.count! + 1;
      super.onEpochEnd();
    }
  }
  const growing = new Growing();
  growing.count = 1;
  await model().fit(growing, undefined, { verbose: 0, epochs: 2, shuffle: false });
  expect(growing.calls).toEqual(['begin', 0, 'end', 'begin', 0, 1, 'end']);
});

test('options that make no sense are refused, and processes that do not exist are told of', () => {
  expect(() => new Numbers({ workers: -1 })).toThrow(/workers is -1/);
  expect(() => new Numbers({ maxQueueSize: 0.5 })).toThrow(/maxQueueSize is 0.5/);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  new Numbers({ useMultiprocessing: true });
  expect(warn.mock.calls.flat().join()).toContain('useMultiprocessing has no effect');
  warn.mockRestore();
  expect(keras.utils.Sequence).toBe(keras.utils.PyDataset);
});
