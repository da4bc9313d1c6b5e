import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  getH5,
  getH5Names,
  getH5Text,
  type H5Dataset,
  type H5Group,
  h5Dataset,
  h5Group,
  h5Text,
  makeH5Group,
  readHdf5,
  setH5,
  setH5Names,
  writeHdf5,
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

test('what leads out of the file, or promises more than it holds, is refused', async () => {
  await expect(read('soft_link.h5')).rejects.toThrow('HDF5 /b: is neither a group nor a dataset but a link');
  await expect(read('external_link.h5')).rejects.toThrow('HDF5 /a: is neither a group nor a dataset but a link');
  await expect(read('virtual.h5')).rejects.toThrow('HDF5 /v: is a virtual dataset');
  await expect(read('cycle.h5')).rejects.toThrow('nested more than 64 deep');
  await expect(read('bomb.h5')).rejects.toThrow('HDF5 /x: the values promise more than');
  await expect(read('compound.h5')).rejects.toThrow('of a type that Keras never writes');
  await expect(readHdf5(load('kinds.h5'), { maxBytes: 100 })).rejects.toThrow('raise `maxBytes`');
});

test('damaged files give an error, and the next file still reads', async () => {
  const whole = load('seq_mlp.h5');
  await expect(readHdf5(new Uint8Array(0))).rejects.toThrow('is empty');
  await expect(readHdf5(load('seq_mlp.keras'))).rejects.toThrow('a .keras file is a zip archive');
  await expect(readHdf5(whole.subarray(0, 9000))).rejects.toThrow(/cannot be read: .*truncated/);
  const bytes = writeHdf5(await readHdf5(whole));
  for (let at = 8; at < bytes.length; at += 61) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0xff;
    await readHdf5(damaged).catch((error: Error) => expect(error.name).toBe('HornbeamError'));
  }
  expect(getH5Text(await readHdf5(bytes), 'backend')).toBe('jax');
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
