import { afterEach, expect, test, vi } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;
afterEach(() => void vi.restoreAllMocks());

function model(): keras.Model {
  keras.utils.setRandomSeed(1);
  const made = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
  made.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
  return made;
}
const x = ops.reshape(ops.sin(ops.arange(64, { dtype: 'float32' })), [32, 2]);
const y = ops.ones([32, 1]);
const options = { verbose: 0, epochs: 2, batchSize: 8 } as const;

test('what would mix the metrics of a running fit is refused; predicting is not', async () => {
  const alone = (await model().fit(x, y, options)).history;
  const shared = model();
  const running = shared.fit(x, y, options);
  const refused = `was called while fit() of the same model is running`;
  await expect(shared.evaluate(x, y, { verbose: 0 })).rejects.toThrow(`evaluate() ${refused}`);
  await expect(shared.fit(x, y, options)).rejects.toThrow(`fit() ${refused}`);
  await expect(shared.trainOnBatch(x, y)).rejects.toThrow(`trainOnBatch() ${refused}`);
  expect(() => shared.compile({ loss: 'mse' })).toThrow(`compile() ${refused}`);
  expect((await shared.predict(x)).shape).toEqual([32, 1]);
  expect((await running).history).toEqual(alone);
  expect(await shared.evaluate(x, y, { verbose: 0 })).toHaveLength(2);
});

test('in callbacks and generators the model may be used, and the run goes on as if it had not been', async () => {
  /** A metric of a user's own, on the host. */
  class Rows extends keras.metrics.Metric {
    static override readonly hostSide = true;
    seen: number[] = [];
    override updateState(yTrue: keras.Tensor) {
      this.seen.push(yTrue.shape[0]!);
    }
    override result() {
      return this.seen.reduce((a, b) => a + b, 0);
    }
    override resetState() {
      this.seen.length = 0;
    }
  }
  const runs = async (callbacks: keras.callbacks.Callback[], source?: (m: keras.Model) => any) => {
    const m = model();
    m.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae', new Rows({ name: 'rows' })] });
    const data = { ...options, shuffle: false, callbacks };
    const { history } = source
      ? await m.fit(source(m), undefined, { verbose: 0, epochs: 2, callbacks })
      : await m.fit(x, y, data);
    return { history, weights: await m.getWeights()[0]!.data() };
  };
  const quiet = await runs([]);
  const losses: number[] = [];
  class Asks extends keras.callbacks.Callback<keras.Model> {
    override async onTrainBatchEnd() {
      losses.push(((await this.model.evaluate(ops.multiply(x, 9), y, { verbose: 0, batchSize: 5 })) as number[])[0]!);
      await this.model.testOnBatch(x, y);
      await this.model.predict(x);
    }
    override onEpochEnd() {
      // Not awaited: the run waits for it all the same.
      void this.model.evaluate(x, y, { verbose: 0 });
    }
  }
  expect(await runs([new Asks()])).toEqual(quiet);
  expect(losses).toHaveLength(8);
  const source = (m: keras.Model) =>
    async function* () {
      for (let k = 0; k < 4; k++) {
        await m.evaluate(x, y, { verbose: 0 });
        const rows = { slice: [8 * k, 8 * k + 8] as const };
        yield [ops.getItem(x, rows as never), ops.getItem(y, rows as never)] as const;
      }
    };
  expect(await runs([], source)).toEqual(quiet);
});

test('numbers of single batches are those of the batch', async () => {
  const m = new keras.Sequential([
    keras.Input({ shape: [1] }),
    new layers.Dense({ units: 1, kernelInitializer: 'ones' }),
  ]);
  m.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0 }), loss: 'mae', metrics: ['mse'] });
  await m.evaluate([[100]], [[0]], { verbose: 0 });
  expect(await m.testOnBatch([[2]], [[0]])).toEqual([2, 4]);
  expect(await m.trainOnBatch([[4]], [[0]])).toEqual([4, 16]);
  expect(await m.trainOnBatch([[6]], [[0]])).toEqual([6, 36]);
});

test('a model with nothing to train is run, with one warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const m = new keras.Sequential([
    keras.Input({ shape: [2] }),
    new layers.BatchNormalization({ center: false, scale: false }),
  ]);
  m.compile({ optimizer: 'sgd', loss: 'mse', metrics: ['mae'] });
  const { history } = await m.fit(x, x, options);
  expect(history['mae']).toHaveLength(2);
  expect((await m.getWeights()[0]!.data())[0]).not.toBe(0);
  expect(warn.mock.calls.map(([text]) => String(text)).filter((t) => t.includes('no trainable weights'))).toHaveLength(
    1,
  );
});
