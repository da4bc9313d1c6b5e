import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { asDType, type DType, dtypeInfo, isFloat } from '../../src/base/dtype.ts';
import { offerSoftwareGpu, sayNoGpu } from '../../src/devices/webgpu/testing.ts';
import type { DeviceName } from '../../src/runtime/device.ts';
import { deviceNamed } from '../../src/runtime/device.ts';
import { setDevice } from '../../src/runtime/set-device.ts';
import { download, storageOf, upload } from '../../src/runtime/storage.ts';
import { decode } from '../../src/tensor/elements.ts';
import { type Tensor, tensor } from '../../src/tensor/index.ts';

// The cases run on the default device, or on the one that the environment names.
const device = process.env['HORNBEAM_DEVICE'];
if (device === 'webgpu') offerSoftwareGpu();
if (device) await setDevice(device as DeviceName);

/** An array as the cases store it: little-endian bytes in C order, base64. */
export interface Stored {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: string | readonly string[];
}
export type Tolerance = readonly [rtol: number, atol: number];

export const isStored = (x: unknown): x is Stored => typeof x === 'object' && x !== null && 'data' in x && 'shape' in x;

/** The cases of a family, from test/data. */
export function casesOf<C>(path: string): C[] {
  const file = readFileSync(new URL(`../data/${path}.json.gz`, import.meta.url));
  return (JSON.parse(gunzipSync(file).toString('utf8')) as { cases: C[] }).cases;
}

/** The dtype here that a stored array's dtype stands for. */
export const dtypeNamed = (name: string): DType => (name === 'string' ? name : asDType(name));

/** The numbers of a stored array. */
export function numbersOf({ dtype, data }: Stored): ArrayLike<number> {
  const bytes = Uint8Array.from(Buffer.from(data as string, 'base64')).buffer;
  if (dtype === 'int64' || dtype === 'uint64') return Array.from(new BigInt64Array(bytes), Number);
  const known = dtype as DType;
  return decode(new dtypeInfo[known].array(bytes), known);
}

/** A stored array as a tensor. */
export function tensorOf(stored: Stored): Tensor {
  if (stored.dtype === 'string') return tensor(stored.data as readonly string[], { shape: stored.shape });
  const dtype = asDType(stored.dtype);
  if (dtype !== stored.dtype) return tensor(Array.from(numbersOf(stored)), { shape: stored.shape, dtype });
  const bytes = Uint8Array.from(Buffer.from(stored.data as string, 'base64')).buffer;
  return upload(new dtypeInfo[dtype].array(bytes), { shape: stored.shape, dtype });
}

/** A nest of plain values in which stored arrays became tensors. */
export function withTensors(x: unknown): unknown {
  if (isStored(x)) return tensorOf(x);
  if (Array.isArray(x)) return x.map(withTensors);
  if (typeof x === 'object' && x !== null)
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, withTensors(v)]));
  return x;
}

const camel = (key: string): string => key.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());
/** Python's keyword arguments as options. */
export const optionsOf = (kwargs: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(kwargs).map(([k, v]) => [camel(k), v]));

/** Makes what lives on a GPU comparable at once. */
export async function reachable(tensors: readonly Tensor[]): Promise<void> {
  for (const t of tensors) {
    const storage = storageOf(t);
    if (storage.device.isRemote) storage.known = await download(t);
  }
}

/** Whether there is a GPU to run cases on; says why when there is none. */
export async function hasGpu(): Promise<boolean> {
  offerSoftwareGpu();
  try {
    await deviceNamed('webgpu');
    return true;
  } catch (error) {
    sayNoGpu(error);
    return false;
  }
}

/** Fails unless a tensor has the shape, dtype and (within the tolerance) the values of a stored array. */
export function expectSame(actual: Tensor, expected: Stored, [rtol, atol]: Tolerance = [1e-5, 2e-6], what = ''): void {
  expect(`${what} ${actual.dtype}[${actual.shape.join()}]`).toBe(
    `${what} ${dtypeNamed(expected.dtype)}[${expected.shape.join()}]`,
  );
  if (expected.dtype === 'string') {
    expect(actual.strings, what).toEqual(expected.data);
    return;
  }
  const exact = !isFloat(actual.dtype);
  expectNumbers(actual.dataSync(), numbersOf(expected), exact ? [0, 0] : [rtol, atol], what);
}

/** Fails unless two lists of numbers agree: `|a - b| <= atol + rtol |b|`. */
export function expectNumbers(a: ArrayLike<number>, b: ArrayLike<number>, [rtol, atol]: Tolerance, what = ''): void {
  expect(a.length, what).toBe(b.length);
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    const isSame = Object.is(x, y) || x === y || Math.abs(x - y) <= atol + rtol * Math.abs(y);
    if (!isSame) expect.fail(`${what} element ${i}: ${x} is not ${y} (rtol ${rtol}, atol ${atol})`);
  }
}
