import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { valueOf } from './hdf5/values.ts';
import { writeHdf5 } from './hdf5/write.ts';
import {
  getH5,
  getH5Names,
  getH5Text,
  type H5Dataset,
  type H5Group,
  type H5Node,
  h5Dataset,
  h5Group,
  h5Text,
  makeH5Group,
  readHdf5,
  setH5,
  setH5Names,
} from './hdf5.ts';
import { readZip } from './zip.ts';

function load(name: string): Uint8Array {
  const bytes = readFileSync(new URL(`../../test/data/formats/${name}`, import.meta.url));
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes);
}
const read = (name: string) => readHdf5(load(name));
const datasetAt = (tree: H5Group, path: string) => getH5(tree, path) as H5Dataset;

test('every type that h5py writes reads as what it is', async () => {
  const tree = await read('kinds.h5');
  const values = (path: string) => {
    const { shape, dtype, data } = datasetAt(tree, path);
    return { shape, dtype, data: Array.from<unknown>(data) };
  };
  const numbers = getH5(tree, 'numbers') as H5Group;
  for (const dtype of ['float32', 'float64', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32'])
    expect(values(`numbers/${dtype}`)).toEqual({ shape: [2, 3], dtype, data: [0, 1, 2, 3, 4, 5] });
  for (const dtype of ['int64', 'uint64'])
    expect(values(`numbers/${dtype}`)).toEqual({ shape: [2, 3], dtype, data: [0n, 1n, 2n, 3n, 4n, 5n] });
  expect(values('numbers/bool')).toEqual({ shape: [2, 3], dtype: 'bool', data: [0, 1, 1, 1, 1, 1] });
  expect(values('numbers/float16').data).toEqual([0, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500]);
  expect(values('numbers/bfloat16')).toEqual({ shape: [2], dtype: 'bfloat16', data: [0x3f80, 0xc000] });
  expect(Object.keys(numbers.children)).toHaveLength(13);
  expect(values('scalar')).toEqual({ shape: [], dtype: 'float32', data: [1.5] });
  expect(values('truth')).toEqual({ shape: [], dtype: 'bool', data: [1] });
  expect(values('empty')).toEqual({ shape: [0, 3], dtype: 'float32', data: [] });
  expect(values('nothing')).toEqual({ shape: null, dtype: 'float32', data: [] });
  expect(values('big_endian')).toEqual({ shape: [3], dtype: 'int32', data: [0, 1, 2] });
  expect(values('deflated').data).toEqual(Array.from({ length: 1000 }, (_, i) => BigInt(i)));
  expect(values('padded')).toEqual({ shape: [2], dtype: 'string', data: ['ab', 'c'] });
  expect(values('texts')).toEqual({ shape: [3], dtype: 'string', data: ['äb', '', 'x'] });
  expect(values('constructor/__proto__').data).toEqual([7]);
  expect(tree.attributes).toEqual({
    bytes: h5Text('xy', 'ascii'),
    count: { shape: [], dtype: 'int64', data: new BigInt64Array([3n]) },
    flag: { shape: [], dtype: 'bool', data: new Uint8Array([1]) },
    matrix: { shape: [2, 2], dtype: 'float64', data: new Float64Array([1, 0, 0, 1]) },
    names: { shape: [2], dtype: 'string', data: ['a', 'b'], encoding: 'utf8' },
    none: { shape: null, dtype: 'float32', data: new Float32Array(0) },
  });
});

test.each([
  'kinds.h5',
  'seq_mlp.h5',
  'keras29_sequential_text.h5',
  'state_kinds.weights.h5',
  'quantized_int8.weights.h5',
  'long_names.h5.gz',
])('%s is the same after writing and reading', async (name) => {
  const tree = await read(name);
  const bytes = writeHdf5(tree);
  expect(await readHdf5(bytes)).toEqual(tree);
  expect(writeHdf5(tree)).toEqual(bytes);
});

test('the weights inside a .keras file are found by their paths', async () => {
  const files = await readZip(load('seq_mlp.keras'));
  const tree = await readHdf5(files['model.weights.h5']!);
  expect(datasetAt(tree, 'layers/dense/vars/0').shape).toEqual([6, 5]);
  expect(getH5Text(getH5(tree, 'layers/dense/vars')!, 'name')).toBe('dense');
  expect(getH5(tree, 'layers/dense/vars/0/x')).toBeUndefined();
  expect(getH5(tree, 'toString')).toBeUndefined();
});

test('16-bit floats and booleans stay what they are', async () => {
  const tree = h5Group();
  setH5(tree, 'bfloat16', h5Dataset([2], 'bfloat16', new Uint16Array([0x3f80, 0xc000])));
  setH5(tree, 'float16', h5Dataset([], 'float16', new Uint16Array([0x3c00])));
  setH5(tree, 'bool', h5Dataset([0, 2], 'bool', new Uint8Array(0)));
  expect(await readHdf5(writeHdf5(tree))).toEqual(tree);
});

test('many members, attributes and texts fit', async () => {
  const tree = h5Group();
  for (let i = 0; i < 600; i++) {
    setH5(tree, `layers/l${i}/vars/0`, h5Dataset([1], 'float32', new Float32Array([i])));
    makeH5Group(tree, `layers/l${i}`).attributes['name'] = h5Text(`l${i} ${'x'.repeat(i % 700)}`);
  }
  for (let i = 0; i < 40; i++) tree.attributes[`a${i}`] = h5Text('');
  tree.attributes['config'] = h5Text(`{"long": "${'ä'.repeat(1_500_000)}"}`);
  expect(await readHdf5(writeHdf5(tree))).toEqual(tree);
});

test('lists of names are split as Keras splits them', async () => {
  const keras = getH5(await read('long_names.h5.gz'), 'model_weights')!;
  const names = getH5Names(keras, 'layer_names')!;
  expect(names).toHaveLength(35);
  const ours = h5Group();
  setH5Names(ours, 'layer_names', names);
  expect(ours.attributes).toEqual({
    layer_names0: keras.attributes['layer_names0'],
    layer_names1: keras.attributes['layer_names1'],
  });
  expect(getH5Names(ours, 'layer_names')).toEqual(names);
});

test('no names, few names and very many short names are lists too', async () => {
  const mlp = getH5(await read('seq_mlp.h5'), 'model_weights') as H5Group;
  const many = Array.from({ length: 5000 }, (_, i) => `w${i}`);
  const group = h5Group();
  setH5Names(group, 'none', []);
  setH5Names(group, 'few', ['dense', 'dense_1']);
  setH5Names(group, 'many', many);
  expect(group.attributes['none']).toEqual(mlp.children['top_level_model_weights']!.attributes['weight_names']);
  expect(group.attributes['few']).toEqual(mlp.attributes['layer_names']);
  const again = await readHdf5(writeHdf5(group));
  expect(getH5Names(again, 'none')).toEqual([]);
  expect(getH5Names(again, 'many')).toEqual(many);
  expect(getH5Names(again, 'other')).toBeUndefined();
  expect(() => setH5Names(group, 'huge', ['x'.repeat(70_000)])).toThrow('shorten it');
});

/** Reads everything in a file. */
function visit(node: H5Node, seen = new Set<H5Node>()): number {
  if (seen.has(node)) return 0;
  seen.add(node);
  let count = 1;
  for (const { data } of Object.values(node.attributes)) count += data.length;
  if ('data' in node) return count + node.data.length;
  for (const child of Object.values(node.children)) count += visit(child, seen);
  return count;
}

test('what leads out of the file, or promises more than it holds, is refused when it is asked for', async () => {
  const at = async (name: string, path: string) => {
    const tree = await read(name);
    return () => datasetAt(tree, path).data;
  };
  expect(await at('soft_link.h5', 'b')).toThrow('HDF5 /b: is a link to another place');
  expect(await at('external_link.h5', 'a')).toThrow('HDF5 /a: is a link to another place');
  expect(await at('virtual.h5', 'v')).toThrow('HDF5 /v: is a virtual dataset');
  expect(await at('bomb.h5', 'x')).toThrow('HDF5 /x: the values promise more than');
  expect(await at('compound.h5', 'c')).toThrow('of a type that Keras never writes');
  const small = await readHdf5(load('kinds.h5'), { maxBytes: 100 });
  expect(() => datasetAt(small, 'deflated').data).toThrow('the values promise more than 100 bytes');
  expect(datasetAt(small, 'scalar').data[0]).toBe(1.5);
});

test('what many links lead to is one object, read and written once', async () => {
  const tree = await read('lattice.h5.gz'); // 40 groups, each with two links to the next: 2^40 paths
  const deep = getH5(tree, 'ab'.repeat(20).split('').join('/'))!;
  expect(getH5(tree, 'ba'.repeat(20).split('').join('/'))).toBe(deep);
  expect(visit(tree)).toBe(43);
  const again = await readHdf5(writeHdf5(tree));
  expect(visit(again)).toBe(43);
  expect(datasetAt(again, `${'a/'.repeat(40)}x`).data[0]).toBe(1);
  const cycle = await read('cycle.h5');
  expect(visit(cycle)).toBeGreaterThan(0);
  expect(() => writeHdf5(cycle)).toThrow('contains itself');
});

test('what newer versions of HDF5 write reads too', async () => {
  const tree = await read('newest.h5.gz');
  const values = (path: string) => [...(datasetAt(tree, path).data as Float32Array)];
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
  expect(values('one_chunk')).toEqual(upTo(12));
  for (const name of ['fixed_array', 'fixed_array_packed']) expect(values(name), name).toEqual(upTo(35));
  expect(values('extensible_array')).toEqual(upTo(200));
  for (const name of ['tree', 'tree_packed']) expect(values(name), name).toEqual(upTo(30));
  expect(values('partly')).toEqual([0, 0, 0, 7, 7, 7, 0, 0, 0, 7, 7, 7, ...new Array(12).fill(7)]);
  expect(values('typed')).toEqual([0, 1]);
  const many = getH5(tree, 'many') as H5Group;
  expect(getH5(tree, 'again')).toBe(many);
  for (let i = 0; i < 40; i++) expect((many.children[`m${i}`] as H5Dataset).data[0]).toBe(i);
  for (let i = 0; i < 20; i++) expect(many.attributes[`a${i}`]!.data[0]).toBe(BigInt(i));
  expect(many.attributes['large']!.data[8999]).toBe(8999n);
});

test('damaged files give an error, and the next file still reads', async () => {
  const whole = load('seq_mlp.h5');
  await expect(readHdf5(new Uint8Array(0))).rejects.toThrow('is empty');
  await expect(readHdf5(load('seq_mlp.keras'))).rejects.toThrow('a .keras file is a zip archive');
  await expect(readHdf5(whole.subarray(0, 9000))).rejects.toThrow(/cannot be read: .*truncated/);
  const bytes = writeHdf5(await readHdf5(whole));
  for (const file of [whole, bytes, load('newest.h5.gz')])
    for (let at = 8; at < file.length; at += Math.ceil(file.length / 199)) {
      const damaged = file.slice();
      damaged[at]! ^= 0xff;
      await readHdf5(damaged)
        .then((tree) => visit(tree))
        .catch((error: Error) => expect(error.name, error.stack).toBe('HornbeamError'));
    }
  expect(getH5Text(await readHdf5(bytes), 'backend')).toBe('jax');
});

test('a string heap of zeros, as after a power cut, is refused', async () => {
  const tree = h5Group();
  tree.attributes['config'] = h5Text('x'.repeat(100));
  const bytes = writeHdf5(tree);
  const heap = new TextDecoder('latin1').decode(bytes).indexOf('GCOL');
  const damaged = await readHdf5(bytes.fill(0, heap + 16, heap + 80));
  expect(() => getH5Text(damaged, 'config')).toThrow('the string heap at 48 has no text 1');
});

test('what HDF5 cannot hold is refused when written', () => {
  const group = (change: (tree: H5Group) => void) => {
    const tree = h5Group();
    change(tree);
    return () => writeHdf5(tree);
  };
  const numbers = h5Dataset([2], 'float32', new Float32Array(2));
  expect(group((t) => (t.children['a/b'] = numbers))).toThrow('make one group per part');
  expect(group((t) => (t.children['.'] = numbers))).toThrow('cannot name a member of');
  expect(group((t) => (t.children['g'] = t))).toThrow('no group contains itself');
  expect(group((t) => (t.children['x'] = { ...numbers, shape: [3] }))).toThrow('HDF5 /x: shape (3) holds 3');
  expect(group((t) => (t.attributes['x'] = h5Text('a\0b')))).toThrow('NUL');
  expect(group((t) => (t.attributes['x'] = { ...h5Text('abc'), length: 2 }))).toThrow('more than its fixed length 2');
  expect(group((t) => (t.attributes['x'] = { shape: [9000], dtype: 'float64', data: new Float64Array(9000) }))).toThrow(
    'HDF5 allows 65535',
  );
  expect(() => setH5({ ...h5Group(), children: { a: numbers } }, 'a/b', numbers)).toThrow('is a dataset already');
  expect(() => setH5({ ...h5Group(), children: { a: numbers } }, 'a', numbers)).toThrow('of this name already');
});

test('a member may have any name, in plain objects too', async () => {
  const tree: H5Group = { attributes: {}, children: {} };
  setH5(tree, '__proto__/constructor', h5Dataset([1], 'int32', Int32Array.of(7)));
  makeH5Group(tree, 'toString/__proto__');
  const again = await readHdf5(writeHdf5(tree));
  expect(Object.keys(again.children).sort()).toEqual(['__proto__', 'toString']);
  expect(datasetAt(again, '__proto__/constructor').data[0]).toBe(7);
  expect(getH5(again, 'toString/__proto__')).toBeDefined();
});

test('references to texts that are too short to be any are refused', () => {
  const refuse = (): never => {
    throw new Error('nothing is read');
  };
  const type = {
    dtype: 'string',
    size: 4,
    isBigEndian: false,
    encoding: 'utf8',
    padding: 0,
    isReference: true,
    kind: 9,
  } as const;
  const context = { source: { addressBytes: 8 }, heap: { text: refuse }, spend: refuse } as never;
  const damaged = valueOf(
    context,
    'HDF5 x',
    type,
    [1],
    () => false,
    () => new Uint8Array(4),
  );
  expect(() => damaged.data).toThrow('a reference to a text takes 4 bytes, not 16');
});
