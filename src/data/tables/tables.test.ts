import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { data } = keras;
async function plain(x: unknown): Promise<unknown> {
  if (x instanceof keras.Tensor) return x.array();
  if (Array.isArray(x)) return Promise.all(x.map(plain));
  const entries = Object.entries(x as object).map(async ([key, y]) => [key, await plain(y)] as const);
  return Object.fromEntries(await Promise.all(entries));
}
const listOf = async (dataset: keras.data.Dataset<any>): Promise<unknown[]> =>
  Promise.all((await dataset.toArray()).map(plain));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const text = '\ufeffage,name,note,rich\r\n38.5,Ada,"says ""hi"",\r\nthen goes",yes\r\n36,"Alan, M.",,no\r\n';
const options = {
  columns: { age: 'float32', name: 'string', note: 'string', rich: 'string' },
  label: 'rich',
} as const;
const rows = [
  [{ age: 38.5, name: 'Ada', note: 'says "hi",\r\nthen goes' }, 'yes'],
  [{ age: 36, name: 'Alan, M.', note: '' }, 'no'],
];

test('a CSV file gives its rows, wherever it is and however it comes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tables-'));
  const server = createServer((_, response) => response.end(text)).listen(0);
  try {
    const path = join(folder, 'people.csv');
    await writeFile(path, text);
    const address = `http://localhost:${(server.address() as AddressInfo).port}/people.csv`;
    for (const source of [path, new URL(`file://${path}`), address, bytes(text), new Blob([text])])
      expect(await listOf(data.fromCsv(source, options))).toEqual(rows);
    await expect(data.fromCsv(join(folder, 'none.csv'), options).toArray()).rejects.toThrow(
      /none.csv[\s\S]*cannot be read/,
    );
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
  const many = Array.from({ length: 20_000 }, (_, k) => `${k},"row ${k},é"`).join('\n');
  const read = data.fromCsv(new Blob([`n,s\n${many}`]), { columns: { s: 'string', n: 'int32' } });
  let k = 0;
  for await (const { n, s } of read) {
    expect([Number(n), await s.item()]).toEqual([k, `row ${k},é`]);
    k++;
  }
  expect(k).toBe(20_000);
});

test('columns have the dtypes that are stated, and batches train models', async () => {
  const file = bytes('x;y;z;ok\n1;2;NA;true\n3;4;5;0\n');
  const read = data.fromCsv(file, {
    columns: { x: 'float32', y: 'uint8', z: { dtype: 'int32', missing: -1 }, ok: 'bool' },
    label: ['y', 'ok'],
    delimiter: ';',
    missingValues: ['NA'],
  });
  const [[features, labels]] = (await read.batch(2).toArray()) as [[any, any]];
  expect(
    [features.x, features.z, labels.y, labels.ok].map((t: keras.Tensor) => `${t.dtype} ${t.shape.join()}`),
  ).toEqual(['float32 2', 'int32 2', 'uint8 2', 'bool 2']);
  expect(await plain([features, labels])).toEqual([
    { x: [1, 3], z: [-1, 5] },
    { y: [2, 4], ok: [true, false] },
  ]);
  const texts = data.fromCsv(bytes('a,b\n,\nx,y'), { columns: { a: 'string', b: { dtype: 'string', missing: '?' } } });
  expect(await listOf(texts)).toEqual([
    { a: '', b: '?' },
    { a: 'x', b: 'y' },
  ]);
  const nameless = data.fromCsv(bytes('1,2\n3,4'), { columns: { b: 'float32' }, header: ['a', 'b'] });
  expect(await listOf(nameless)).toEqual([{ b: 2 }, { b: 4 }]);
});

test('JSON lines may hold arrays, and lack what a column says a value for', async () => {
  const file = bytes('{"x": [1, 2], "s": "a", "n": 3}\n\n{"x": [3, 4], "s": null}\n');
  const read = data.fromJsonLines(file, {
    columns: { x: 'float32', s: { dtype: 'string', missing: '?' }, n: { dtype: 'int32', missing: 0 } },
    label: 'n',
  });
  expect(await listOf(read)).toEqual([
    [{ x: [1, 2], s: 'a' }, 3],
    [{ x: [3, 4], s: '?' }, 0],
  ]);
});

const people = [
  { age: 38.5, name: 'Ada', count: 1, rich: true },
  { age: 36, name: 'Alan', count: 2, rich: false },
  { age: -1, name: 'Grace', count: 3, rich: true },
  { age: 20, name: '', count: 4, rich: false },
];
const columns = {
  age: { dtype: 'float32', missing: -1 },
  name: { dtype: 'string', missing: '' },
  count: 'int32',
  rich: 'bool',
} as const;
test('Parquet and Arrow give the same rows as they are, group by group', async () => {
  const path = fileURLToPath(new URL('../../../test/data/formats/people.parquet', import.meta.url));
  expect(await listOf(data.fromParquet(path, { columns }))).toEqual(people);
  expect(await listOf(data.fromParquet(path, { columns: { count: 'float32' }, label: 'count' }))).toEqual(
    people.map(({ count }) => [{}, count]),
  );
  await expect(data.fromParquet(path, { columns: { size: 'int32' } }).toArray()).rejects.toThrow(
    /no column "size"[\s\S]*"age", "name", "count", "rich"/,
  );
  const ipc = tableToIPC(
    tableFromArrays({
      age: [38.5, 36, null, 20],
      name: ['Ada', 'Alan', 'Grace', null],
      count: BigInt64Array.of(1n, 2n, 3n, 4n),
      rich: [true, false, true, false],
    }),
    'stream',
  );
  expect(await listOf(data.fromArrow(ipc, { columns }))).toEqual(people);
  expect(await listOf(data.fromArrow(new Blob([ipc as Uint8Array<ArrayBuffer>]), { columns }))).toEqual(people);
});

test.each([
  ['age\nold', { columns: { age: 'float32' } }, /row 1, column "age": "old" is no float32/],
  ['age\n1\n1.5', { columns: { age: 'int32' } }, /row 2, column "age": "1.5" is no int32/],
  ['age\n300', { columns: { age: 'uint8' } }, /column "age": "300" is no uint8/],
  ['age,a\n,1', { columns: { age: 'float32' } }, /row 1, column "age": the value is missing[\s\S]*missing: 0/],
  ['age,a\n1', { columns: { age: 'float32' } }, /row 1 has 1 cells, the table 2 columns/],
  ['age\n1', { columns: { Age: 'float32' } }, /no column "Age"[\s\S]*"age"/],
  ['age,age\n1,2', { columns: { age: 'float32' } }, /two columns "age"/],
  ['age\n1', { columns: {} }, /columns is \{\}/],
  ['age\n1', { columns: { age: 'float33' } }, /column "age" has the dtype "float33"/],
  ['age\n1', { columns: { age: { dtype: 'int32', missing: 'x' } } }, /"x" for missing values is no int32/],
  ['age\n1', { columns: { age: 'int32' }, label: 'income' }, /label "income" is none of the columns/],
  ['age\n1', { columns: { age: 'int32' }, seperator: ';' }, /unknown option "seperator"/],
  ['age\n"1', { columns: { age: 'int32' } }, /quotes do not close/],
])('a mistake in %j is named', async (file, given, message) => {
  const answer: unknown = await (async () => data.fromCsv(bytes(file), given as never).toArray())().catch(
    (error: Error) => error,
  );
  expect(answer).toBeInstanceOf(keras.HornbeamError);
  expect((answer as Error).message).toMatch(message);
});
test.each([
  ['{"a": 1}\nnope', /line 2 is no JSON/],
  ['[1]', /line 1 is no object/],
  ['{"a": {"b": 1}}', /row 1, column "a"/],
  ['{"a": [1, [2]]}', /row 1, column "a"/],
])('a mistake in the line %j is named', async (file, message) => {
  const read = data.fromJsonLines(bytes(file), { columns: { a: 'float32' } });
  await expect(read.toArray()).rejects.toThrow(message);
});
