import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type NpyArray, readNpy, readNpz, writeNpy, writeNpz } from './npy.ts';

const load = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../test/data/formats/${name}`, import.meta.url)));

const sixInts: NpyArray = { shape: [2, 3], dtype: 'int32', data: new Int32Array([0, 1, 2, 3, 4, 5]) };

test('arrays that NumPy wrote read as what they are', async () => {
  expect(await readNpz(load('arrays.npz'))).toEqual({
    a: sixInts,
    h: { shape: [1], dtype: 'float16', data: new Uint16Array([0x3e00]) },
    f: { shape: [2, 3], dtype: 'float64', data: new Float64Array([0, 1, 2, 3, 4, 5]) },
    e: { shape: [0, 2], dtype: 'float32', data: new Float32Array(0) },
    s: { shape: [], dtype: 'int64', data: new BigInt64Array([3n]) },
    b: { shape: [2], dtype: 'bool', data: new Uint8Array([1, 0]) },
  });
  expect(await readNpz(load('arrays_deflated.npz'))).toEqual({ a: sixInts });
});

test('what is written reads back, deflated or not', async () => {
  const arrays: Record<string, NpyArray> = {
    'layers/a': sixInts,
    scalar: { shape: [], dtype: 'bfloat16', data: new Uint16Array([0x3f80]) },
    line: { shape: [3], dtype: 'uint8', data: new Uint8Array([1, 2, 3]) },
  };
  for (const compress of [false, true]) expect(await readNpz(await writeNpz(arrays, { compress }))).toEqual(arrays);
});

test("the header is NumPy's, and the data are aligned", () => {
  const bytes = writeNpy(sixInts);
  expect(bytes.length).toBe(128 + 24);
  expect([...bytes.subarray(0, 10)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  const header = "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }";
  expect(new TextDecoder().decode(bytes.subarray(10, 128))).toBe(`${header.padEnd(117)}\n`);
});

test('pickled objects, damage and foreign files are refused', () => {
  expect(() => readNpy(load('object.npy'))).toThrow('values of NumPy type |O');
  const bytes = writeNpy(sixInts);
  expect(() => readNpy(bytes.subarray(0, 140))).toThrow('12 bytes of data where its shape needs 24');
  expect(() => readNpy(bytes.subarray(0, 60))).toThrow('ends within its header');
  expect(() => readNpy(new Uint8Array(20))).toThrow('does not begin like a .npy file');
});
