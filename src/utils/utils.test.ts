import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops, utils } = keras;

test('class numbers become rows', async () => {
  expect(await utils.toCategorical([[0], [2]]).array()).toEqual([
    [1, 0, 0],
    [0, 0, 1],
  ]);
  expect(await utils.toCategorical(2).array()).toEqual([0, 0, 1]);
  expect(await utils.toCategorical([0.9, 1.7], { numClasses: 3 }).array()).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  expect(utils.toCategorical([[[1]], [[0]]]).shape).toEqual([2, 1, 2]);
  expect(ops.shape(utils.toCategorical(keras.Input({ shape: [3], dtype: 'int32' }), { numClasses: 4 }))).toEqual([
    null,
    3,
    4,
  ]);
  expect(() => utils.toCategorical([0, 5], { numClasses: 3 })).toThrow(/label 5 is no class among 3/);
  expect(() => utils.toCategorical([-1, 0])).toThrow(/label -1 is no class/);
  expect(() => utils.toCategorical([])).toThrow(/there are no labels/);
  expect(() => utils.toCategorical(keras.Input({ shape: [3] }))).toThrow(/cannot be looked at/);
  expect(() => utils.toCategorical([0], { numClasses: 0 })).toThrow(/number of classes is 0/);
});

test('numbers are divided by their norm', async () => {
  const near = async (x: keras.Tensor, expected: readonly number[]): Promise<void> => {
    const data = await x.data();
    expected.forEach((v, k) => expect(data[k]).toBeCloseTo(v, 6));
  };
  await near(utils.normalize([3, 4]), [0.6, 0.8]);
  await near(
    utils.normalize([
      [3, 4],
      [0, 0],
    ]),
    [0.6, 0.8, 0, 0],
  );
  await near(
    utils.normalize(
      [
        [3, 4],
        [1, 1],
      ],
      { axis: 0 },
    ),
    [0.94868326, 0.9701425, 0.31622776, 0.24253562],
  );
  await near(utils.normalize([[3, 4]], { order: 3 }), [0.6669718, 0.8892957]);
  expect(() => utils.normalize([[3, 4]], { order: 0 })).toThrow(/order/);
});

test('batches are packed and unpacked', () => {
  expect(utils.packXYSampleWeight(1)).toBe(1);
  expect(utils.packXYSampleWeight([1])).toEqual([[1]]);
  expect(utils.packXYSampleWeight(1, { y: 2, sampleWeight: 3 })).toEqual([1, 2, 3]);
  expect(() => utils.packXYSampleWeight(1, { sampleWeight: 3 })).toThrow(/no y/);
  expect([1, [1], [1, 2], { a: 1 }].map(utils.unpackXYSampleWeight)).toEqual([
    [1, null, null],
    [1, null, null],
    [1, 2, null],
    [{ a: 1 }, null, null],
  ]);
  expect(() => utils.unpackXYSampleWeight([1, 2, 3, 4])).toThrow(/a list of 4/);
  expect(() => utils.unpackXYSampleWeight([])).toThrow(/a list of 0/);
});

test('source inputs are found, each once', () => {
  const [i, j] = [keras.Input({ shape: [2] }), keras.Input({ shape: [2] })];
  const a = new layers.Dense({ units: 2 })(i) as keras.KerasTensor;
  const c = new layers.Add()([new layers.Add()([a, j]), i]) as keras.KerasTensor;
  const names = (t: keras.KerasTensor): string[] => utils.getSourceInputs(t).map(({ name }) => name);
  expect(names(c)).toEqual([i.name, j.name]);
  expect(names(i)).toEqual([i.name]);
  expect(() => utils.getSourceInputs(ops.ones([2]) as never)).toThrow(/expects a KerasTensor/);
  expect([i, ops.ones([2]), 3].map(utils.isKerasTensor)).toEqual([true, false, false]);
});

test('a cleared session begins anew, but keeps what config set', () => {
  new layers.Dense({ units: 1 });
  keras.config.setDtypePolicy('mixed_float16');
  keras.config.disableInteractiveLogging();
  keras.config.setMaxEpochs(3);
  utils.clearSession();
  expect(new layers.Dense({ units: 1 }).name).toBe('dense');
  expect(keras.config.dtypePolicy().name).toBe('float32');
  expect(utils.isInteractiveLoggingEnabled()).toBe(true);
  expect(keras.config.maxEpochs()).toBe(3);
  keras.config.setMaxEpochs(null);
});

test('dtypes have one name', () => {
  expect([null, 'float32', 'int'].map((name) => utils.standardizeDtype(name))).toEqual(['float32', 'float32', 'int32']);
  expect(() => utils.standardizeDtype('foo')).toThrow(/unknown dtype "foo"/);
});
