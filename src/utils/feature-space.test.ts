import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readZip } from '../formats/zip.ts';
import * as keras from '../index.ts';

const { FeatureSpace } = keras.utils;
const data = {
  f: [0, 0.1, 0.2, 0.3, 0.5],
  r: [1, 2, 3, 4, 5],
  n: [1, 2, 3, 4, 6],
  d: [0, 0.1, 0.2, 0.3, 0.4],
  ic: [3, 1, 1, 2, 3],
  sc: ['a', 'b', 'a', 'c', 'b'],
  sh: ['x', 'y', 'z', 'x', 'w'],
  ih: [5, 6, 7, 8, 9],
};
const space = () =>
  new FeatureSpace({
    features: {
      f: 'float',
      r: FeatureSpace.floatRescaled({ scale: 0.5 }),
      n: 'float_normalized',
      d: FeatureSpace.floatDiscretized(3),
      ic: 'integer_categorical',
      sc: FeatureSpace.stringCategorical({ numOovIndices: 1 }),
      sh: FeatureSpace.stringHashed(4),
      ih: FeatureSpace.integerHashed(3, { outputMode: 'one_hot' }),
    },
    crosses: [FeatureSpace.cross(['sc', 'ic'], 6)],
  });
// What Keras 3.15.1 on TensorFlow gives.
const want = [
  [1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, -1.278724, 0.5, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
  [0, 1, 0, 0.1, 0, 0, 1, 0, 0, 0, 1, -0.697486, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0],
  [0, 1, 0, 0.2, 0, 0, 1, 0, 0, 1, 0, -0.116248, 1.5, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0],
  [0, 0, 1, 0.3, 0, 0, 0, 1, 0, 1, 0, 0.464991, 2, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0],
  [0, 0, 1, 0.5, 0, 1, 0, 0, 0, 0, 1, 1.627467, 2.5, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0],
];
async function expectAnswers(found: unknown): Promise<void> {
  const rows = await (found as keras.Tensor).array<2>();
  expect(rows.length).toBe(want.length);
  rows.forEach((row, k) => {
    expect(row.length).toBe(want[k]!.length);
    row.forEach((x, d) => expect(x).toBeCloseTo(want[k]![d]!, 5));
  });
}

test('every kind of feature comes as in Keras', async () => {
  const features = space();
  expect(() => features(data)).toThrow(/was not adapted/);
  features.adapt(data);
  await expectAnswers(features(data));
  expect(features.preprocessors['sc']).toBeInstanceOf(keras.layers.StringLookup);
  expect(Object.keys(features.crossers)).toEqual(['sc_X_ic']);
  const first = Object.fromEntries(Object.entries(data).map(([k, x]) => [k, x[0]]));
  const alone = features(first) as keras.Tensor;
  expect(alone.shape).toEqual([27]);
  const { array } = alone;
  expect(((await array.call(alone)) as number[])[3]).toBe(0);
});

test('it learns of a Dataset, of rows and of batches', async () => {
  const rows = keras.data.Dataset.fromTensorSlices(data);
  for (const stream of [rows, rows.batch(2)]) {
    const features = space();
    await features.adapt(stream);
    await expectAnswers(features(data));
  }
});

test('its two ends make a functional model', async () => {
  const features = space();
  features.adapt([data].values());
  const inputs = features.getInputs();
  const model = new keras.Model({ inputs: inputs as never, outputs: features.getEncodedFeatures() });
  await expectAnswers(await model.predict(data as never));
  const named = new FeatureSpace({
    features: { sc: FeatureSpace.stringCategorical({ outputMode: 'int' }) },
    outputMode: 'dict',
  });
  named.adapt({ sc: data.sc });
  expect(await named({ sc: ['c', 'zz'] }).sc.array()).toEqual([[3], [0]]);
});

test('it is saved and loaded, and so is that of Keras', async () => {
  const theirs = gunzipSync(readFileSync(new URL('../../test/data/models/feature_space.keras.gz', import.meta.url)));
  const loaded = (await keras.models.loadModel(theirs)) as unknown as InstanceType<typeof FeatureSpace>;
  await expectAnswers(loaded(data));
  const folder = await mkdtemp(join(tmpdir(), 'features-'));
  try {
    const path = join(folder, 'features.keras');
    await loaded.save(path);
    const again = (await keras.models.loadModel(path)) as unknown as InstanceType<typeof FeatureSpace>;
    await expectAnswers(again(data));
    const [ours, original] = await Promise.all([readZip(readFileSync(path)), readZip(theirs)]);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(original).sort());
    const config = (files: Record<string, Uint8Array>): unknown =>
      JSON.parse(new TextDecoder().decode(files['config.json']).replace(/, "shared_object_id": \d+/g, ''));
    expect(config(ours)).toEqual(config(original));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('what cannot be is refused', () => {
  expect(() => new FeatureSpace({ features: {} })).toThrow(/no features/);
  expect(() => new FeatureSpace({ features: { a: 'floats' as never } })).toThrow(/feature "a" is "floats"/);
  expect(() => new FeatureSpace({ features: { a: 'float' }, crosses: [['a', 'b']] })).toThrow(/"b", which it has not/);
  const { Feature, Cross } = {
    Feature: FeatureSpace.float().constructor as any,
    Cross: FeatureSpace.cross(['a'], 2).constructor as any,
  };
  expect(() => new Feature('float32', 5, 'float')).toThrow(/its preprocessor is no layer/);
  expect(() => new Cross('ab', 3)).toThrow(/no list of names/);
  expect(() => new FeatureSpace({ features: { a: 'float' }, crosses: 3 as never })).toThrow(/crosses is no list/);
  const damaged = new FeatureSpace({ features: { a: 'float' } });
  expect(() => damaged.buildFromConfig({ a: 5 })).toThrow(/build config of "a" is no object/);
  const ints = new FeatureSpace({ features: { a: FeatureSpace.integerHashed(3, { outputMode: 'int' }) } });
  expect(() => ints({ a: [1] })).toThrow(/feature "a" is int32, which joins no vector/);
});

test('FeatureSpace learns from datasets, batched or not', async () => {
  const learn = async (read: keras.data.Dataset): Promise<keras.Tensor> => {
    const learning = space();
    await learning.adapt(read);
    return learning(data) as keras.Tensor;
  };
  const rows = keras.data.Dataset.fromTensorSlices(data);
  for (const read of [rows, rows.batch(2)]) await expectAnswers(await learn(read));
  const labelled = keras.data.Dataset.zip([rows, keras.data.Dataset.range(5)]);
  await expectAnswers(await learn(labelled.map((x) => x)));
  await expect(learn(labelled)).rejects.toThrow(/among its batches[\s\S]*dataset\.map\(\(x\) => x\)/);
});
