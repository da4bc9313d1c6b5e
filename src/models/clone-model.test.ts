import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { layers, ops } from '../index.ts';

const { cloneModel } = keras.models;
function make(): keras.Model {
  const x = keras.Input({ shape: [4], name: 'a' });
  const dense = new layers.Dense({ units: 3, name: 'd' });
  const h = dense(x);
  const twice = dense(ops.concatenate([h, ops.getItem(h, ['...', { slice: [0, 1] }])], { axis: -1 }));
  const inner = new keras.Sequential([keras.Input({ shape: [3] }), new layers.Dense({ units: 3, name: 'i' })], {
    name: 'inner',
  });
  const model = new keras.Model({ inputs: x, outputs: ops.add(inner(twice), h), name: 'm' });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  return model;
}
const namesOf = (model: keras.Model): string[] => model.layers.map((layer) => layer.name);

// Names and shapes are those of Keras's clones.
test('a clone has the layers of the model, shared as there, and weights of its own', async () => {
  const model = make();
  const clone = cloneModel(model);
  expect([clone.name, namesOf(clone), clone.compiled, clone.countParams()]).toEqual([
    'm',
    ['a', 'd', 'inner'],
    true,
    27,
  ]);
  expect(clone.getLayer('d')).not.toBe(model.getLayer('d'));
  const x = [[1, 2, 3, 4]];
  clone.setWeights(model.getWeights());
  expect(await clone.predictOnBatch(x).then((y) => y.array())).toEqual(
    await model.predictOnBatch(x).then((y) => y.array()),
  );
});

test('layers may be replaced, and others put in', () => {
  const seen: string[] = [];
  const cloneFunction = (layer: keras.Layer): keras.Layer => {
    seen.push(layer.name);
    return (layer.constructor as unknown as { fromConfig(config: object): keras.Layer }).fromConfig(layer.getConfig());
  };
  let dropped = 0;
  const callFunction = (layer: keras.Layer, ...args: [keras.Tensor]): keras.Tensor => {
    const y = layer(...args);
    return layer instanceof layers.Dense ? new layers.Dropout({ rate: 0.5, name: `drop_${dropped++}` })(y) : y;
  };
  const options = { cloneFunction, callFunction } as keras.models.CloneModelOptions;
  expect(namesOf(cloneModel(make(), options))).toEqual(['a', 'd', 'drop_0', 'drop_1', 'inner']);
  expect(seen).toEqual(['d', 'inner']);
  seen.length = dropped = 0;
  expect(namesOf(cloneModel(make(), { ...options, recursive: true }))).toEqual(['a', 'd', 'drop_0', 'drop_1', 'inner']);
  expect(seen).toEqual(['d', 'i']);
});

test('a clone may stand on other inputs', () => {
  const clone = cloneModel(make(), { inputTensors: keras.Input({ shape: [4], batchSize: 2, name: 't' }) });
  expect([clone.inputShape, clone.outputShape, namesOf(clone)]).toEqual([
    [2, 4],
    [2, 3],
    ['t', 'd', 'inner'],
  ]);
  const stack = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })], { name: 's' });
  stack.compile({ optimizer: 'adam', loss: 'mse' });
  const other = cloneModel(stack, { inputTensors: keras.Input({ shape: [2], batchSize: 3 }) });
  expect(other).toBeInstanceOf(keras.Sequential);
  expect([other.name, other.inputShape, other.compiled]).toEqual(['s', [3, 2], true]);
  expect(() => cloneModel(stack, { callFunction: (layer, ...args) => layer(...args) })).toThrow(/functional models/);
  expect(() => cloneModel(make(), { inputTensors: [] })).toThrow(/inputTensors are not 1/);
});

test('a class of one’s own is cloned through its config', () => {
  class Own extends keras.Model {
    readonly dense = new layers.Dense({ units: 1 });
    override call(x: keras.Tensor): keras.Tensor {
      return this.dense(x) as keras.Tensor;
    }
  }
  const own = new Own({ name: 'mine' });
  const clone = cloneModel(own);
  expect(clone).toBeInstanceOf(Own);
  expect([clone === own, clone.name]).toEqual([false, 'mine']);
  expect(() => cloneModel(own, { cloneFunction: (layer) => layer })).toThrow(/Own[\s\S]*without options/);
});

test('functions that layers were given are those of the clone, registered or not', async () => {
  function doubled(x: keras.Tensor): keras.Tensor {
    return x.mul(2);
  }
  const mine = (x: keras.Tensor): keras.Tensor => x.add(1);
  const inside = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Lambda({ function: (x) => x.sub(3) })]);
  const x = keras.Input({ shape: [2] });
  const y = new layers.Activation({ activation: mine })(new layers.Lambda({ function: doubled })(x));
  const model = new keras.Model({ inputs: x, outputs: inside(y) });
  for (const recursive of [false, true])
    expect(await (await cloneModel(model, { recursive }).predict([[1, 5]], { verbose: 0 })).array()).toEqual([[0, 8]]);
});
