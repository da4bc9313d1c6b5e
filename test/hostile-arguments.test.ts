import { expect, test } from 'vitest';
import * as keras from '../src/index.ts';

const { layers, losses, ops, random, tensor } = keras;
const loose = (f: unknown): ((...args: unknown[]) => unknown) => f as never;
const refused = async (name: string, call: () => unknown): Promise<void> => {
  let answer: unknown = 'accepted';
  try {
    await call();
  } catch (error) {
    answer = error;
  }
  expect(answer, name).toBeInstanceOf(keras.HornbeamError);
};

test("the names of Object.prototype's members are known to nothing", async () => {
  const x = ops.ones([2, 3]);
  const model = (options: object): unknown => {
    const made = new keras.Sequential([keras.Input({ shape: [3] }), new layers.Dense({ units: 1 })]);
    made.compile(options as never);
    return made.fit(x, ops.ones([2, 1]), { verbose: 0 });
  };
  for (const name of ['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty', 'isPrototypeOf']) {
    const calls: Record<string, () => unknown> = {
      option: () => loose(ops.sum)(x, { [name === '__proto__' ? 'constructor' : name]: 1 }),
      field: () => Reflect.construct(layers.Dense, [{ units: 2, [name === '__proto__' ? 'valueOf' : name]: 1 }]),
      activation: () => new layers.Dense({ units: 1, activation: name })(x),
      initializer: () => new layers.Dense({ units: 1, kernelInitializer: name })(x),
      regularizer: () => new layers.Dense({ units: 1, kernelRegularizer: name })(x),
      constraint: () => new layers.Dense({ units: 1, kernelConstraint: name })(x),
      loss: () => model({ loss: name }),
      metric: () => model({ loss: 'mse', metrics: [name] }),
      optimizer: () => model({ loss: 'mse', optimizer: name }),
      'losses.get': () => losses.get(name),
      dtype: () => ops.cast(x, name),
      'dtype of a tensor': () => tensor([1], { dtype: name as 'int32' }),
      policy: () => new layers.Dense({ units: 1, dtype: name }),
      'class of a file': () =>
        keras.models.modelFromJson(
          JSON.stringify({ module: 'keras.layers', class_name: name, config: {}, registered_name: null }),
        ),
      'custom objects': () =>
        keras.saving.deserializeKerasObject(
          { module: null, class_name: name, config: {}, registered_name: name },
          { Own: layers.Dense },
        ),
      pad: () => loose(ops.pad)(x, 1, { mode: name }),
      interpolation: () => loose(ops.image.resize)(ops.ones([2, 2, 1]), [4, 4], { interpolation: name }),
      'fill mode': () => loose(ops.image.mapCoordinates)(ops.ones([4]), [[0, 9]], 1, { fillMode: name }),
      quantile: () => loose(ops.quantile)(x, 0.5, { method: name }),
      'box format': () => loose(keras.utils.boundingBoxes.convertFormat)(ops.ones([1, 4]), name, 'xyxy'),
      reduction: () => loose(ops.scatterUpdate)(x, [[0, 0]], [1], { reduction: name }),
      device: () => loose(keras.config.setDevice)(name),
    };
    for (const [what, call] of Object.entries(calls)) await refused(`${what} ${name}`, call);
  }
  expect(await ops.add(x, 1).array()).toEqual([
    [2, 2, 2],
    [2, 2, 2],
  ]);
});

test('what is missing, no size, or no number of the dtype is refused', async () => {
  const x = ops.ones([2]);
  const calls: Record<string, () => unknown> = {
    'add undefined': () => loose(ops.add)(x, undefined),
    'add null': () => loose(ops.add)(x, null),
    'add one argument': () => loose(ops.add)(x),
    'concatenate an object': () => loose(ops.concatenate)({ a: x }),
    'int32 of 2**40': () => tensor([2 ** 40], { dtype: 'int32' }),
    '2**40 as int32 by itself': () => tensor([1, 2 ** 40]),
    'uint8 of -1': () => tensor([-1], { dtype: 'uint8' }),
    'int32 of NaN': () => tensor([Number.NaN], { dtype: 'int32' }),
    'shape of fractions': () => tensor(new Float32Array(6), { shape: [1.5, 4] }),
    'shape below 0': () => tensor(new Float32Array(6), { shape: [-2, -3] }),
    'shape of a tensor': () => tensor(x, { shape: [3] }),
    'oneHot -1': () => ops.oneHot([1], -1),
    'normal [-1]': () => random.normal([-1]),
    'uniform [1.5]': () => random.uniform([1.5]),
    'randint [NaN]': () => random.randint([Number.NaN], 0, 2),
    'gamma [-1]': () => random.gamma([-1], 1),
    'binomial [-1]': () => random.binomial([-1], 1, 0.5),
    'categorical -1': () => random.categorical([[1, 2]], -1),
    'eye -1': () => ops.eye(-1),
    'tri -1': () => ops.tri(2, { M: -1 }),
    'linspace -1': () => ops.linspace(0, 1, { num: -1 }),
    'arange to infinity': () => ops.arange(Infinity),
    'topK -1': () => ops.topK([1, 2], -1),
    'broadcastTo [-1]': () => ops.broadcastTo([1], [-1]),
  };
  for (const [name, call] of Object.entries(calls)) await refused(name, call);
  expect(tensor(ops.ones([2, 3]), { shape: [3, 2] }).shape).toEqual([3, 2]);
});

test('nests that contain themselves, or are too deep, are refused', async () => {
  const first: unknown[] = [];
  first.push(first);
  const later: unknown[] = [1];
  later.push(later);
  const named: Record<string, unknown> = { a: ops.ones([2]) };
  named['b'] = named;
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  for (const [name, nest] of Object.entries({ first, later, named, deep })) {
    const calls: Record<string, () => unknown> = {
      tensor: () => loose(tensor)(nest),
      sum: () => loose(ops.sum)(nest),
      stack: () => loose(ops.stack)(nest),
      layer: () => loose(new layers.Dense({ units: 1 }))(nest),
      grad: () => loose(keras.grad((x: keras.Tensor) => ops.sum(x)))(nest),
      jit: () => loose(keras.jit(() => 1))(nest),
      cond: () =>
        loose(ops.cond)(
          true,
          () => nest,
          () => nest,
        ),
      loss: () => loose(new losses.MeanSquaredError())(nest, nest),
      serialize: () => keras.saving.serializeKerasObject(nest),
    };
    for (const [what, call] of Object.entries(calls)) await refused(`${what} ${name}`, call);
  }
});

test('what is no function is neither compiled nor differentiated', () => {
  for (const f of [keras.jit, keras.grad, keras.valueAndGrad])
    expect(() => loose(f)(5)).toThrow(/^(jit|grad): 5 is no function/);
});

test('customGradient refuses what is no function, and functions that give no pair', () => {
  expect(() => loose(ops.customGradient)(3)).toThrow('customGradient: it was given 3 for a function');
  for (const given of [(x: keras.Tensor) => x, (x: keras.Tensor) => [x, x]])
    expect(() => loose(loose(ops.customGradient)(given))([1, 2])).toThrow('does not give a value and a gradient');
});
