import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { Dataset } = keras.data;
let folder: string;
let module: URL;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threads-'));
  const path = join(folder, 'functions.mjs');
  await writeFile(
    path,
    `import { threadId } from 'node:worker_threads';
     export default async ({ data, shape, dtype }) => {
       if (data[0] === 0) await new Promise((resolve) => setTimeout(resolve, 30));
       return { data: data.map((x) => 2 * x), shape, dtype };
     };
     export const describe = ({ x, s }, tag) => [x.shape.length, s + tag, { thread: threadId, all: [1, 2] }];
     export const fails = ({ data }) => { if (data[0] === 2) throw new Error('mine'); return data; };
     export const busy = ({ data }) => {
       const until = Date.now() + 20;
       while (Date.now() < until);
       return data;
     };`,
  );
  module = pathToFileURL(path);
});
afterAll(() => rm(folder, { recursive: true }));
const numbers = async (dataset: keras.data.Dataset<any>): Promise<unknown[]> =>
  Promise.all((await dataset.toArray()).map((x) => x.array()));

test("a module's function runs in other threads, in order or as results are ready", async () => {
  const doubled = Dataset.range(12).map({ module }, { workers: 2 });
  expect(doubled.cardinality()).toBe(12);
  const expected = Array.from({ length: 12 }, (_, k) => 2 * k);
  expect(await numbers(doubled)).toEqual(expected);
  expect(await numbers(doubled.batch(5))).toEqual([expected.slice(0, 5), expected.slice(5, 10), expected.slice(10)]);
  const [first] = await doubled.take(1).toArray();
  expect([first!.dtype, first!.shape]).toEqual(['int32', []]);
  const ready = (await numbers(Dataset.range(12).map({ module }, { workers: 2, deterministic: false }))) as number[];
  expect(ready[0]).not.toBe(0);
  expect(ready.toSorted((a, b) => a - b)).toEqual(expected);
});

test('parts of elements cross with their forms', async () => {
  const dataset = Dataset.fromTensorSlices([{ x: keras.ops.ones([3, 2]), s: ['a', 'b', 'c'] }, ['!', '?', '.']]);
  type Made = [keras.Tensor, keras.Tensor, { thread: keras.Tensor; all: keras.Tensor }];
  const made = await dataset
    .map<Made>({ module: join(folder, 'functions.mjs'), name: 'describe' }, { workers: 3 })
    .toArray();
  expect(await Promise.all(made.map(async ([rank, text]) => [await rank.item(), await text.item()]))).toEqual([
    [1, 'a!'],
    [1, 'b?'],
    [1, 'c.'],
  ]);
  expect(await made[0]![2].all.array()).toEqual([1, 2]);
  expect(new Set(made.map(([, , { thread }]) => Number(thread))).size).toBe(3);
  expect(Number(made[0]![2].thread)).toBeGreaterThan(0);
});

test('threads are kept from round to round, also where one is broken off', async () => {
  const pairs = Dataset.range(6).map((k) => [{ x: keras.ops.ones([3, 2]), s: 'a' }, ['!', '?'][Number(k) % 2]]);
  const threads = async (made: readonly unknown[]): Promise<number[]> =>
    [...new Set((made as [0, 0, { thread: keras.Tensor }][]).map(([, , { thread }]) => Number(thread)))].sort();
  const mapped = pairs.map<[0, 0, { thread: keras.Tensor }]>({ module, name: 'describe' }, { workers: 2 });
  const first = await threads(await mapped.toArray());
  expect(first).toHaveLength(2);
  for await (const _ of mapped) break;
  expect(await threads(await mapped.toArray())).toEqual(first);
});

test('while threads compute, prefetched batches wait for whoever takes them', async () => {
  const batches = Dataset.range(6).map({ module, name: 'busy' }, { workers: 1 }).prefetch(4);
  let waited = 0;
  let k = 0;
  let before = performance.now();
  for await (const _ of batches) {
    if (k++ > 0) waited += performance.now() - before;
    // A step in which this thread could compute.
    await new Promise((resolve) => setTimeout(resolve, 60));
    before = performance.now();
  }
  expect(k).toBe(6);
  expect(waited).toBeLessThan(60);
});

test('what goes wrong in a thread is told, with the function', async () => {
  const run = (name: string) => Dataset.range(4).map({ module, name }, { workers: 2 }).toArray();
  await expect(run('fails')).rejects.toThrow(/function "fails"[\s\S]*mine/);
  await expect(run('none')).rejects.toThrow(/no function "none", but [\s\S]*busy/);
  const elsewhere = Dataset.range(2).map({ module: join(folder, 'elsewhere.mjs') });
  await expect(elsewhere.toArray()).rejects.toThrow(/elsewhere\.mjs/);
  expect(() => Dataset.range(2).map((x) => x, { workers: 2 })).toThrow(/workers run functions of modules/);
  expect(() => Dataset.range(2).map({ module }, { workers: 0 })).toThrow(/workers is 0/);
  expect(() => Dataset.range(2).map({ module }, { numParallelCalls: 2 })).toThrow(/numParallelCalls is for/);
  expect(() => Dataset.range(2).map({ name: 'x' } as never)).toThrow(/it was given/);
});
