import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { currentDevice } from '../runtime/device.ts';

const { layers, ops } = keras;

test('a functional model shares layers, nests models, and takes and gives several tensors', async () => {
  const [a, b] = [keras.Input({ shape: [4], name: 'a' }), keras.Input({ shape: [4], name: 'b' })];
  const shared = new layers.Dense({ units: 3, name: 'shared' });
  const inner = new keras.Sequential([keras.Input({ shape: [3] }), new layers.Dense({ units: 2, name: 'deep' })]);
  const sum = new layers.Add({ name: 'sum' })([shared(a), shared(b)]);
  const model = new keras.Model<readonly keras.Tensor[]>({ inputs: { a, b }, outputs: [sum, inner(sum)] });
  expect(model.weights).toHaveLength(4);
  expect(model.getLayer({ name: 'shared' }) === shared).toBe(true);
  expect(() => model.getLayer({ name: 'none' })).toThrow(
    'there is no layer "none"\n  Fix: its layers are a, b, shared, sum',
  );
  const x = keras.tensor([[1, 2, 3, 4]], { dtype: 'float32' });
  const [first, second] = model({ a: x, b: x });
  expect(first!.shape).toEqual([1, 3]);
  expect(second!.shape).toEqual([1, 2]);
  expect(() => model({ a: x })).toThrow('input "b" is missing; given: a');
  const again = keras.Model.fromConfig(model.getConfig()) as unknown as typeof model;
  again.setWeights(model.getWeights());
  expect(await again({ a: x, b: x })[1]!.data()).toEqual(await second!.data());
});

test('a concrete tensor beside a symbolic one simply works, as in position encodings', async () => {
  const x = keras.Input({ shape: [6, 2] });
  const y = ops.add(x, ops.reshape(ops.cast(ops.arange(0, 6, 1), 'float32'), [6, 1]));
  const model = new keras.Model({ inputs: x, outputs: y });
  const out = await model.predict(keras.tensor(new Float32Array(12), { shape: [1, 6, 2] }));
  expect([...(await out.data())]).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
});

test('an output that depends on no Input names the tensor and what is missing', () => {
  const x = keras.Input({ shape: [3], name: 'x' });
  const z = keras.Input({ shape: [3], name: 'z' });
  expect(() => new keras.Model({ inputs: x, outputs: ops.ones([2, 3]), name: 'm' })).toThrow(
    'Model "m": output 0 is a concrete tensor of shape (2, 3): it does not depend on any Input\n  Fix: compute it from keras.Input({ shape }) with layers and keras.ops',
  );
  const both = new layers.Add({ name: 'both' })([x, z]);
  expect(() => new keras.Model({ inputs: x, outputs: both, name: 'm' })).toThrow(
    'Model "m": the graph is disconnected: "both" needs KerasTensor "z" of shape (null, 3), which is an Input that is not among the inputs of the model\n  Fix: add "z" to `inputs`',
  );
});

class Doubler extends keras.Model {
  static override readonly className = 'Doubler';
  readonly dense = new layers.Dense({ units: 1 });
  readonly scale = 2;
  override call(x: keras.Tensor): keras.Tensor {
    return ops.multiply(this.dense(x), this.scale);
  }
}

test('a subclassed model trains, compiled and op by op', async () => {
  for (const runEagerly of [false, true]) {
    keras.utils.setRandomSeed(3);
    const model = new Doubler();
    model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.05 }), loss: 'mse', runEagerly });
    const x = keras.tensor(
      Float32Array.from({ length: 40 }, (_, i) => Math.sin(i)),
      { shape: [20, 2] },
    );
    const y = keras.tensor(
      Float32Array.from({ length: 20 }, (_, i) => Math.sin(2 * i) * 3),
      { shape: [20, 1] },
    );
    const { history } = await model.fit(x, y, { epochs: 6, batchSize: 8, verbose: 0 });
    expect(history['loss']!.at(-1)!).toBeLessThan(history['loss']![0]! / 2);
    expect(model.countParams()).toBe(3);
  }
});

test('a Sequential model builds itself on the first data', async () => {
  const model = new keras.Sequential([new layers.Dense({ units: 4 }), new layers.Dense({ units: 2 })]);
  expect(model.built).toBe(false);
  const out = await model.predict(keras.tensor([[1, 2, 3]], { dtype: 'float32' }));
  expect(out.shape).toEqual([1, 2]);
  expect(model.weights.map((w) => w.shape)).toEqual([[3, 4], [4], [4, 2], [2]]);
});

test('op by op, call sees numbers', async () => {
  const seen: number[] = [];
  class Spy extends keras.Layer {
    override call(x: keras.Tensor): keras.Tensor {
      const total = ops.sum(x);
      // While the functional model is made there are no numbers yet.
      if (total.storage) seen.push(Number(total));
      return x;
    }
  }
  const inputs = keras.Input({ shape: [2] });
  const model = new keras.Model({ inputs, outputs: new layers.Dense({ units: 1 })(new Spy()(inputs)) });
  model.compile({ optimizer: 'sgd', loss: 'mse', runEagerly: true });
  await model.trainOnBatch(keras.tensor([[1.5, 2.5]]), keras.tensor([[1]], { dtype: 'float32' }));
  expect(seen).toContain(4);
});

test('a thousand steps end with the bytes they began with', async () => {
  const inputs = keras.Input({ shape: [8] });
  const model = new keras.Model({
    inputs,
    outputs: new layers.Dense({ units: 4 })(new layers.Dropout({ rate: 0.5 })(inputs)),
  });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const step = (): Promise<unknown> => model.trainOnBatch(x, y);
  const [x, y] = [keras.ops.ones([16, 8]), keras.ops.ones([16, 4])];
  for (let i = 0; i < 50; i++) await step();
  const bytes = currentDevice().bytesInUse;
  const before = model.weights.map((w) => w.held.storage);
  for (let i = 0; i < 1000; i++) await step();
  expect(model.weights.every((w, k) => w.held.storage === before[k])).toBe(true);
  expect(currentDevice().bytesInUse).toBe(bytes);
});

test('errors call a model by its class and name, in calls as elsewhere', () => {
  const inputs = keras.Input({ shape: [2] });
  const dense = new layers.Dense({ units: 1 });
  class Own extends keras.Model {}
  const options = { inputs, outputs: dense(inputs), name: 'm' };
  const two = [ops.ones([1, 2, 2, 2]), ops.ones([1, 2])] as unknown as keras.Tensor;
  expect(() => new keras.Model(options)(two)).toThrow(/^Functional "m": /);
  expect(() => new Own(options)(two)).toThrow(/^Own "m": /);
  expect(() => new keras.Sequential({ layers: [inputs, dense], name: 's' })(two)).toThrow(/^Sequential "s": /);
});
