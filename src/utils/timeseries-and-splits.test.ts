import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { ops } = keras;
const { Dataset } = keras.data;
const { padSequences, splitDataset, timeseriesDatasetFromArray } = keras.utils;
type AnyDataset = keras.data.Dataset<any>;

// What Keras 3.15.1 gives.
const answers = JSON.parse(readFileSync(new URL('../../test/data/utils/splits.json', import.meta.url), 'utf8')) as {
  readonly timeseries: Record<string, unknown[]>;
  readonly split: Record<string, [unknown[], unknown[]]>;
  readonly pad: Record<string, unknown>;
  readonly randint: [numpy: number, python: number];
};
async function plain(x: unknown): Promise<unknown> {
  if (x instanceof keras.Tensor) return x.array();
  if (Array.isArray(x)) return Promise.all(x.map(plain));
  const entries = Object.entries(x as object).map(async ([key, y]) => [key, await plain(y)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
const listOf = async (dataset: AnyDataset): Promise<unknown[]> => Promise.all((await dataset.toArray()).map(plain));

const d = Array.from({ length: 20 }, (_, k) => k);
const series: Readonly<Record<string, AnyDataset>> = {
  plain: timeseriesDatasetFromArray(d, null, { sequenceLength: 4, batchSize: 8 }),
  targets: timeseriesDatasetFromArray(
    d.slice(0, -4),
    d.slice(4).map((k) => k * 10),
    { sequenceLength: 4, sequenceStride: 3, batchSize: 3 },
  ),
  rate: timeseriesDatasetFromArray(ops.stack([d, ops.negative(d)], { axis: 1 }), d.slice(6), {
    sequenceLength: 3,
    samplingRate: 3,
    sequenceStride: 2,
    batchSize: 4,
  }),
  range: timeseriesDatasetFromArray(d, d, { sequenceLength: 3, startIndex: 5, endIndex: 12 }),
  single: timeseriesDatasetFromArray(d, null, { sequenceLength: 7, sequenceStride: 5, batchSize: null }),
};
test.each(Object.entries(series))('windows over a time series: %s', async (name, dataset) => {
  expect(await listOf(dataset)).toEqual(answers.timeseries[name]);
  expect(dataset.cardinality()).toBe(answers.timeseries[name]!.length);
});
test('shuffled windows are the same windows, in another order each time, by the seed', async () => {
  const mixed = () =>
    timeseriesDatasetFromArray(d, null, { sequenceLength: 2, shuffle: true, seed: 4, batchSize: null });
  const dataset = mixed();
  const [first, second] = [await listOf(dataset), await listOf(dataset)] as number[][][];
  expect(first).not.toEqual(second);
  expect(await listOf(mixed())).toEqual(first);
  for (const order of [first!, second!, answers.timeseries['shuffled'] as number[][]])
    expect(order.toSorted((a, b) => a[0]! - b[0]!)).toEqual(d.slice(0, -1).map((k) => [k, k + 1]));
  keras.utils.setRandomSeed(3);
  const own = await listOf(timeseriesDatasetFromArray(d, null, { sequenceLength: 2, shuffle: true, batchSize: null }));
  const [seed] = answers.randint;
  expect(own).toEqual(
    await listOf(timeseriesDatasetFromArray(d, null, { sequenceLength: 2, shuffle: true, seed, batchSize: null })),
  );
});

const parts: Readonly<Record<string, () => Promise<[AnyDataset, AnyDataset]>>> = {
  share: () => splitDataset(ops.arange(10), { leftSize: 0.75 }),
  counts: () => splitDataset(ops.arange(10), { leftSize: 3, rightSize: 4 }),
  half: () => splitDataset(ops.arange(5), { rightSize: 0.5 }),
  shuffled: () => splitDataset(ops.arange(10), { leftSize: 0.6, shuffle: true, seed: 7 }),
  pair: () => splitDataset([ops.arange(6), ops.reshape(ops.arange(12), [6, 2])], { rightSize: 2 }),
  batched: () => splitDataset(Dataset.range(10).batch(3), { leftSize: 0.5 }),
  dicts: () => splitDataset(Dataset.fromTensorSlices({ a: [1, 2, 3], b: [4, 5, 6] }), { leftSize: 2 }),
};
test.each(Object.entries(parts))('a dataset in two: %s', async (name, split) => {
  const [left, right] = await split();
  expect([await listOf(left), await listOf(right)]).toEqual(answers.split[name]);
});
test('without a seed a split has one of Python', async () => {
  keras.utils.setRandomSeed(3);
  const [left] = await splitDataset(ops.arange(10), { leftSize: 5, shuffle: true });
  const [same] = await splitDataset(ops.arange(10), { leftSize: 5, shuffle: true, seed: answers.randint[1] });
  expect(await listOf(left)).toEqual(await listOf(same));
});

test('sequences of different lengths become rows', async () => {
  const sequences = [[1], [2, 3], Int32Array.of(4, 5, 6), []];
  const made: Readonly<Record<string, keras.Tensor>> = {
    plain: padSequences(sequences),
    value: padSequences(sequences, { value: -1 }),
    post: padSequences(sequences, { padding: 'post' }),
    maxlen: padSequences(sequences, { maxlen: 2 }),
    'post post': padSequences(sequences, { maxlen: 2, padding: 'post', truncating: 'post' }),
    longer: padSequences(sequences, { maxlen: 5, dtype: 'float32', value: 0.5 }),
    fractions: padSequences([[1.7, -2.2], [3]]),
    rows: padSequences([
      [[1, 2]],
      [
        [3, 4],
        [5, 6],
      ],
    ]),
    texts: padSequences([['a'], ['b', 'c']], { dtype: 'string', value: '-' }),
  };
  for (const [name, x] of Object.entries(made)) expect(await x.array(), name).toEqual(answers.pad[name]);
  expect(keras.preprocessing.sequence.padSequences).toBe(padSequences);
  expect(keras.preprocessing.timeseriesDatasetFromArray).toBe(timeseriesDatasetFromArray);
});

test.each([
  [() => padSequences([[1], 2 as never]), /sequence 1 is 2/],
  [() => padSequences([[1], ['a']]), /sequence 1 holds "a"/],
  [() => padSequences([[[1, 2]], [[3]]]), /element of sequence 1 has shape \(1,\)/],
  [() => padSequences([[1]], { padding: 'front' as never }), /padding is "front"/],
  [() => padSequences([[1]], { maxlen: 0 }), /maxlen is 0/],
  [() => padSequences([[1]], { value: '-' }), /int32 is to be filled with "-"/],
  [() => timeseriesDatasetFromArray(d, null, { sequenceLength: 0 }), /sequenceLength is 0/],
  [() => timeseriesDatasetFromArray(d, null, { sequenceLength: 2, sequenceStride: 20 }), /sequenceStride is 20/],
  [() => timeseriesDatasetFromArray(d, null, { sequenceLength: 2, startIndex: 4, endIndex: 3 }), /endIndex is 3/],
  [() => timeseriesDatasetFromArray(3, null, { sequenceLength: 2 }), /the data is a number/],
  [() => splitDataset(ops.arange(4), {}), /no size is said/],
  [() => splitDataset(ops.arange(4), { leftSize: 4 }), /leftSize is 4 of 4/],
  [() => splitDataset(ops.arange(4), { leftSize: 3, rightSize: 3 }), /cut into 3 and 3/],
  [() => splitDataset(ops.arange(4), { leftSize: 0.01 }), /cut into 0 and 4/],
] as const)('a mistake is named: %#', async (make, text) => {
  const answer: unknown = await (async () => make())().catch((error: Error) => error);
  expect(answer).toBeInstanceOf(keras.HornbeamError);
  expect((answer as Error).message).toMatch(text);
});
