import { readFileSync } from 'node:fs';
import { expect, expectTypeOf, test } from 'vitest';
import * as keras from '../../index.ts';
import { sourceOf } from '../batches.ts';

const { ops } = keras;
const { Dataset, INFINITE_CARDINALITY } = keras.data;
type AnyDataset = keras.data.Dataset<any>;

async function plain(x: unknown): Promise<unknown> {
  if (x instanceof keras.Tensor) return x.array();
  if (x instanceof Dataset) return listOf(x);
  if (Array.isArray(x)) return Promise.all(x.map(plain));
  const entries = Object.entries(x as object).map(async ([key, y]) => [key, await plain(y)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
const listOf = async (dataset: AnyDataset): Promise<unknown[]> => Promise.all((await dataset.toArray()).map(plain));

// What TensorFlow 2.21 gives.
const answers = JSON.parse(readFileSync(new URL('../../../test/data/pipelines.json', import.meta.url), 'utf8')) as {
  readonly pipelines: Readonly<Record<string, { readonly elements: unknown[]; readonly cardinality: number }>>;
  readonly cardinalities: Readonly<Record<string, number>>;
};
const range = Dataset.range;
const cardinality = (dataset: AnyDataset): number => {
  const n = dataset.cardinality();
  return n === INFINITE_CARDINALITY ? -1 : (n ?? -2);
};
const isEven = (x: keras.Tensor): boolean => Number(x) % 2 === 0;
const lengths = range(1, 6).map((n) => ops.full([Number(n)], n));
const interleaved = (cycleLength: number, blockLength: number) =>
  range(1, 6).interleave((x) => Dataset.fromTensors(x).repeat(Number(x) + 1), { cycleLength, blockLength });
const two = range(1, 4).map((n) => ({
  t: ops.full([Number(n), 4 - Number(n)], n),
  s: new Array(Number(n)).fill('q') as string[],
}));
const pipelines: Readonly<Record<string, AnyDataset>> = {
  batch: range(10).batch(4),
  'batch drop': range(10).batch(4, { dropRemainder: true }),
  range: range(10, 0, -3),
  'range empty': range(5, 2),
  slices: Dataset.fromTensorSlices({ a: ops.reshape(ops.arange(6), [3, 2]), b: ['x', 'y', 'z'] }),
  zip: Dataset.zip(range(3), range(5).batch(2)),
  'zip unknown': Dataset.zip(
    range(3),
    range(5).filter((x) => Number(x) > 0),
  ),
  'zip nest': Dataset.zip({ a: range(2), b: [range(2), range(3)] }),
  concatenate: range(2).concatenate(range(5, 8)),
  'interleave 2 4': interleaved(2, 4),
  'interleave 1 1': interleaved(1, 1),
  'interleave 3 2': interleaved(3, 2),
  'interleave 5 3': interleaved(5, 3),
  'flat map': range(4).flatMap((n) => range(Number(n))),
  'window 3': range(7).window(3),
  'window 3 1': range(7).window(3, { shift: 1 }),
  'window 3 2 2': range(7).window(3, { shift: 2, stride: 2 }),
  'window 2 3': range(7).window(2, { shift: 3 }),
  'window 3 1 1 True': range(7).window(3, { shift: 1, dropRemainder: true }),
  'window 2 3 2 True': range(7).window(2, { shift: 3, stride: 2, dropRemainder: true }),
  'window 3 4 2': range(7).window(3, { shift: 4, stride: 2 }),
  'window 2 5 1 True': range(7).window(2, { shift: 5, dropRemainder: true }),
  'window 12 1': range(7).window(12, { shift: 1 }),
  'window 1 1 3': range(7).window(1, { stride: 3 }),
  'window nest': Dataset.fromTensorSlices({ a: [1, 2, 3], b: ['x', 'y', 'z'] }).window(2),
  'window batches': range(7)
    .window(3, { shift: 1, dropRemainder: true })
    .flatMap((w) => w.batch(3)),
  filter: range(6).filter(isEven),
  enumerate: range(3, 6).enumerate({ start: 5 }),
  shard: range(10).shard(3, 1),
  'shard short': range(2).shard(5, 3),
  unbatch: Dataset.fromTensorSlices(ops.reshape(ops.arange(12), [2, 3, 2])).unbatch(),
  rebatch: range(10).batch(3).rebatch(4),
  'rebatch sizes': range(10).batch(3).rebatch([2, 3]),
  'rebatch drop': range(10).batch(3).rebatch(4, { dropRemainder: true }),
  padded: lengths.paddedBatch(2),
  'padded shape': lengths.paddedBatch(3, { paddedShapes: [6], paddingValues: -1, dropRemainder: true }),
  'padded nest': two.paddedBatch(2, {
    paddedShapes: { t: [null, 3], s: [null] },
    paddingValues: { t: 7, s: '-' },
  }),
  take: range(5).take(3),
  'take more': range(2).take(5),
  'take all': range(2).take(-1),
  skip: range(5).skip(3),
  'skip all': range(5).skip(-1),
  'skip more': range(2).skip(5),
  repeat: range(2).repeat(3),
  'repeat none': range(2).repeat(0),
  'cache repeat': range(3).cache().repeat(2),
  'take of infinite': range(2).repeat().take(5),
  'repeat batch': range(3).repeat(2).batch(4),
  'batch repeat': range(3).batch(2).repeat(2),
};

test('the pipelines are all that TensorFlow was asked about', () => {
  expect(Object.keys(pipelines)).toEqual(Object.keys(answers.pipelines));
});
test.each(Object.entries(pipelines))('%s gives what TensorFlow gives, from the middle too', async (name, dataset) => {
  const { elements, cardinality: count } = answers.pipelines[name]!;
  expect(await listOf(dataset)).toEqual(elements);
  expect(cardinality(dataset)).toBe(count);
  const request = {
    steps: 1,
    arity: {},
    lend: async <R>(f: () => R | Promise<R>) => f(),
    shuffle: false,
    isShuffleAsked: false,
    bound: '',
  };
  const { begin, next } = dataset[sourceOf](request).pipeline;
  for (let from = 0; from <= elements.length; from++) {
    const rest: unknown[] = [];
    for await (const element of { [Symbol.asyncIterator]: () => begin(next(), from) }) rest.push(await plain(element));
    expect(rest).toEqual(elements.slice(from));
  }
});

test('cardinalities are those of TensorFlow', () => {
  const some = range(5).filter(() => true);
  const endless = range(2).repeat();
  const made: Readonly<Record<string, AnyDataset>> = {
    cardinality: endless,
    mapped: endless.map((x) => x).batch(3),
    empty: range(0).repeat(),
    window: endless.window(2),
    shard: endless.shard(2, 1),
    skip: endless.skip(2),
    'unknown take': some.take(1),
    zip: Dataset.zip(endless, range(3)),
    unbatch: range(4).batch(2).unbatch(),
    concat: range(2).concatenate(endless),
    'zip unknown': Dataset.zip(range(3), some),
    'concat unknown': endless.concatenate(some),
    gen: Dataset.fromGenerator(() => [1]),
    rebatch: range(10).batch(3).rebatch(4),
    interleave: range(10).interleave(() => range(2)),
  };
  const found = Object.fromEntries(Object.entries(made).map(([name, dataset]) => [name, cardinality(dataset)]));
  expect(found).toEqual(answers.cardinalities);
});

test('a shuffle draws uniformly from its buffer, by its seed', async () => {
  const whole = range(20).shuffle(20, { seed: 3 });
  const orders = [await listOf(whole), await listOf(whole)] as number[][];
  expect(orders[0]).not.toEqual(orders[1]);
  for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual(await listOf(range(20)));
  expect(await listOf(range(20).shuffle(20, { seed: 3 }))).toEqual(orders[0]);
  // Each repetition has an order of its own, and the k-th time through the whole too.
  const twice = (await listOf(range(20).shuffle(20, { seed: 3 }).repeat(2))) as number[];
  expect(twice.slice(0, 20)).not.toEqual(twice.slice(20));
  const same = range(20).shuffle(20, { seed: 3, reshuffleEachIteration: false });
  expect(await listOf(same)).toEqual(await listOf(same));
  // No element comes earlier than the buffer lets it.
  const near = (await listOf(range(50).shuffle(4, { seed: 1 }))) as number[];
  near.forEach((x, k) => expect(x).toBeLessThanOrEqual(k + 3));
  // Element 0 stands at place k with probability 1/4 · (3/4)^k.
  const places = new Array<number>(4).fill(0);
  for (let seed = 0; seed < 400; seed++) {
    const order = (await listOf(range(8).shuffle(4, { seed }))) as number[];
    const at = order.indexOf(0);
    if (at < 4) places[at]!++;
  }
  places.forEach((n, k) => expect(Math.abs(n - 100 * 0.75 ** k)).toBeLessThan(35));
});

test('without a seed the order is that of the global one, and two orders of one pipeline differ', async () => {
  const pair = () => Dataset.zip(range(30).shuffle(30), range(30).shuffle(30));
  keras.utils.setRandomSeed(5);
  const first = await listOf(pair());
  expect(first.some((both) => (both as number[])[0] !== (both as number[])[1])).toBe(true);
  keras.utils.setRandomSeed(5);
  expect(await listOf(pair())).toEqual(first);
  const aligned = Dataset.zip(range(30).shuffle(9, { seed: 1 }), range(30).shuffle(9, { seed: 1 }));
  for (const both of await listOf(aligned)) expect((both as number[])[0]).toBe((both as number[])[1]);
});

test('going through a dataset leaves the seeds of layers as they are', async () => {
  const weights = async (): Promise<unknown> => new keras.initializers.GlorotUniform()([2, 2]).array();
  keras.utils.setRandomSeed(2);
  const expected = await weights();
  keras.utils.setRandomSeed(2);
  await range(4).shuffle(4).toArray();
  expect(await weights()).toEqual(expected);
});

test('what sources and functions give becomes tensors, whose dtypes and forms can be told', async () => {
  const bytes = Buffer.of(1, 2);
  const [element] = await Dataset.list([
    { n: 1, x: 0.5, is: true, s: 'a', b: bytes, rows: [[1], [2]], pair: ['a', 1] },
  ]).toArray();
  bytes[0] = 9;
  expect(await plain(element)).toEqual({ n: 1, x: 0.5, is: true, s: 'a', b: [1, 2], rows: [[1], [2]], pair: ['a', 1] });
  const { n, x, is, s, b, rows } = element!;
  expect([n, x, is, s, b, rows].map(({ dtype, shape }) => `${dtype} ${shape.join()}`)).toEqual([
    'int32 ',
    'float32 ',
    'bool ',
    'string ',
    'uint8 2',
    'int32 2,1',
  ]);
  const sum = await range(4)
    .map(async (k) => [k, ops.multiply(k, 2)] as const)
    .reduce(0, (state, [k, double]) => state + Number(k) + Number(double));
  expect(sum).toBe(18);
});

test('calls of a function run at the same time, in order or as they are ready', async () => {
  let [running, most] = [0, 0];
  const slow = async (x: keras.Tensor): Promise<keras.Tensor> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, Number(x) === 0 ? 30 : 1));
    running--;
    return x;
  };
  expect(await listOf(range(8).map(slow, { numParallelCalls: 3 }))).toEqual(await listOf(range(8)));
  expect(most).toBe(3);
  const ready = (await listOf(range(8).map(slow, { numParallelCalls: 3, deterministic: false }))) as number[];
  expect(ready[0]).not.toBe(0);
  expect(ready.toSorted((a, b) => a - b)).toEqual(await listOf(range(8)));
});

test('a generator is asked for no more than is wanted, ahead of it by what is prefetched, and closed', async () => {
  let [made, closed] = [0, 0];
  const source = Dataset.fromGenerator(function* () {
    try {
      for (;;) yield made++;
    } finally {
      closed++;
    }
  });
  const few = async (dataset: AnyDataset, n: number): Promise<void> => {
    for await (const _ of dataset) if (--n === 0) break;
  };
  await few(source.batch(2), 3);
  expect([made, closed]).toEqual([6, 1]);
  made = 0;
  await few(source.take(4), 9);
  expect([made, closed]).toEqual([4, 2]);
  made = 0;
  await few(source.prefetch(3), 2);
  expect(made).toBeGreaterThan(3);
  expect(made).toBeLessThan(7);
  expect(closed).toBe(3);
  const failing = range(3).map((x) => (Number(x) === 1 ? Promise.reject(new Error('mine')) : x));
  for (const dataset of [
    failing,
    failing.prefetch(2),
    failing.batch(2),
    failing.map((x) => x, { numParallelCalls: 4 }),
  ])
    await expect(dataset.toArray()).rejects.toThrow('mine');
});

test('what a pipeline holds does not grow with its data', async () => {
  let [made, taken, most] = [0, 0, 0];
  const images = Dataset.fromGenerator(function* () {
    for (let k = 0; k < 3000; k++) {
      made++;
      yield Float32Array.of(k);
    }
  });
  const batches = images
    .map((x) => x, { numParallelCalls: 4 })
    .shuffle(8)
    .batch(5)
    .prefetch(2);
  for await (const batch of batches) {
    taken += batch.shape[0]!;
    most = Math.max(most, made - taken);
  }
  expect(taken).toBe(3000);
  // The buffer, the calls, two batches ahead and the one that is being gathered.
  expect(most).toBeLessThanOrEqual(8 + 4 + 3 * 5);
});

test('a cache goes through its source once, to the end', async () => {
  let made = 0;
  const dataset = range(4)
    .map((x) => {
      made++;
      return x;
    })
    .cache();
  for await (const _ of dataset) break;
  await dataset.toArray();
  expect(await listOf(dataset.batch(3))).toEqual([[0, 1, 2], [3]]);
  expect(made).toBe(5);
  await dataset.toArray();
  expect(made).toBe(5);
});

test('mistakes are named', async () => {
  const refused: readonly (readonly [make: () => unknown, text: RegExp])[] = [
    [() => Dataset.fromTensorSlices([ops.ones([2]), ops.ones([3])]), /have 2, 3 rows/],
    [() => Dataset.fromTensorSlices(3), /have no rows/],
    [() => Dataset.fromTensorSlices([[[1, 2]], [[1]]]), /ragged[\s\S]*as tensors: \[keras\.tensor/],
    [() => Dataset.list([{ a: { b: null } }]), /at a\.b null/],
    [() => Dataset.zip(3 as never), /it was given 3/],
    [() => new Dataset([1, 2] as never), /not made by `new`/],
    [() => range(3).batch(0), /batchSize is 0/],
    [() => range(3).batch(2, { dropRemander: true } as never), /did you mean "dropRemainder"/],
    [() => range(3).shard(2, 2), /index 2/],
    [() => range(3).repeat().toArray(), /has no end/],
    [() => lengths.batch(2).toArray(), /shapes \(1,\) and \(2,\)[\s\S]*paddedBatch/],
    [() => lengths.paddedBatch(2, { paddedShapes: [2] }).toArray(), /size of 4 does not fit into 2/],
    [() => lengths.paddedBatch(2, { paddedShapes: [2, 2] }).toArray(), /\[2,2\]/],
    [() => lengths.paddedBatch(2, { paddingValues: 'a' }).toArray(), /float32 is to be filled with "a"/],
    [() => range(2).unbatch().toArray(), /int32 \(\) is no batch/],
    [
      () =>
        range(2)
          .flatMap((x) => x as never)
          .toArray(),
      /gave no Dataset/,
    ],
    [() => range(2).window(2).batch(2).toArray(), /holds a pipeline/],
    [
      () =>
        range(2)
          .concatenate(range(1).map((x) => [x, x]) as never)
          .batch(3)
          .toArray(),
      /different forms/,
    ],
    [
      () =>
        range(2)
          .map(() => null)
          .toArray(),
      /^Dataset.map: the function: an element is null/,
    ],
    [() => lengths.filter((x) => x).toArray(), /^Dataset.filter: the function gave a tensor/],
  ];
  for (const [make, text] of refused) {
    const answer = await (async () => make())().catch((error: Error) => error);
    expect(answer).toBeInstanceOf(keras.HornbeamError);
    expect((answer as Error).message).toMatch(text);
  }
});

test('lists of arrays of different kinds are several arrays', async () => {
  const texts = Dataset.fromTensorSlices([
    ['good', 'bad'],
    [1, 0],
  ]);
  expectTypeOf(texts).toEqualTypeOf<keras.data.Dataset<[keras.Tensor, keras.Tensor]>>();
  expect(await Promise.all((await texts.toArray())[1]!.map((part) => part.item()))).toEqual(['bad', 0]);
  const images = Dataset.fromTensorSlices([
    [[[1, 2]], [[3, 4]]],
    [5, 6],
  ]);
  expectTypeOf(images).toEqualTypeOf<keras.data.Dataset<[keras.Tensor, keras.Tensor]>>();
  expect((await images.toArray())[0]!.map(({ shape }) => shape)).toEqual([[1, 2], []]);
  const rows = Dataset.fromTensorSlices([
    [1, 2],
    [3, 4],
  ]);
  expectTypeOf(rows).toEqualTypeOf<keras.data.Dataset<keras.Tensor>>();
  expect((await rows.toArray())[0]!.shape).toEqual([2]);
});
