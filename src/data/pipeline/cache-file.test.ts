import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { Dataset } = keras.data;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cache-'));
});
afterAll(() => rm(folder, { recursive: true }));

let made = 0;
const data = (file: string, count = 5) =>
  Dataset.range(count)
    .map((k) => {
      made++;
      return { x: keras.ops.multiply(keras.ops.ones([2, 3], { dtype: 'bfloat16' }), k), parts: [`é${Number(k)}`, k] };
    })
    .cache(join(folder, file));
const listOf = async (dataset: ReturnType<typeof data>): Promise<unknown[]> =>
  Promise.all(
    (await dataset.toArray()).map(async ({ x, parts: [s, k] }) => [
      x.dtype,
      await x.array(),
      await s.array(),
      Number(k),
    ]),
  );

test('a file keeps the elements, for other runs too, and gives them from the middle on', async () => {
  made = 0;
  const first = await listOf(data('a'));
  expect(made).toBe(5);
  expect(first[2]).toEqual([
    'bfloat16',
    [
      [2, 2, 2],
      [2, 2, 2],
    ],
    'é2',
    2,
  ]);
  expect(await listOf(data('a'))).toEqual(first);
  expect(await listOf(data('a').skip(3))).toEqual(first.slice(3));
  expect(made).toBe(5);
});

test('the file appears when it is whole, and nothing else is left', async () => {
  for await (const { x } of data('b')) if (x.shape.length > 0) break;
  expect((await readdir(folder)).filter((name) => name !== 'a')).toEqual([]);
  await listOf(data('b', 0));
  expect(await listOf(data('b'))).toEqual([]);
});

test('a damaged file is refused by its name', async () => {
  await listOf(data('c'));
  const whole = await readFile(join(folder, 'c'));
  const spoilt = Buffer.from(whole);
  spoilt[60] ^= 1;
  for (const bytes of [spoilt, whole.subarray(0, -5), whole.subarray(0, 4), Buffer.alloc(500)]) {
    await writeFile(join(folder, 'c'), bytes);
    await expect(listOf(data('c'))).rejects.toThrow(/cache \S+\/c: the file .* damaged/);
  }
  await expect(data('nowhere/d').toArray()).rejects.toThrow(/nowhere\/d: cannot be written/);
  expect(() => Dataset.range(2).cache('')).toThrow(/the file is ""/);
});
