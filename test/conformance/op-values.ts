import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type DType, isInexact } from '../../src/base/dtype.ts';
import { decode } from '../../src/tensor/elements.ts';
import { KerasTensor, Tensor, tensor } from '../../src/tensor/index.ts';

/** An array as the conformance files hold it: little-endian bytes in base64. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: string;
}
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const readCases = <C>(name: string): readonly C[] =>
  JSON.parse(gunzipSync(readFileSync(new URL(`../data/ops/${name}.json.gz`, import.meta.url))).toString()).cases;
export const readJson = (name: string): Record<string, Record<string, string>> =>
  JSON.parse(gunzipSync(readFileSync(new URL(`../data/ops/${name}.json.gz`, import.meta.url))).toString());

const wide: Readonly<Record<string, readonly [DType, (b: ArrayBuffer) => ArrayLike<number>]>> = {
  int64: ['int32', (b) => Array.from(new BigInt64Array(b), Number)],
  uint64: ['uint32', (b) => Array.from(new BigUint64Array(b), Number)],
  float64: ['float32', (b) => new Float64Array(b)],
  float16: ['float16', (b) => decode(new Uint16Array(b), 'float16')],
  bfloat16: ['bfloat16', (b) => decode(new Uint16Array(b), 'bfloat16')],
  float32: ['float32', (b) => new Float32Array(b)],
  int32: ['int32', (b) => new Int32Array(b)],
  uint32: ['uint32', (b) => new Uint32Array(b)],
  int16: ['int16', (b) => new Int16Array(b)],
  uint16: ['uint16', (b) => new Uint16Array(b)],
  int8: ['int8', (b) => new Int8Array(b)],
  uint8: ['uint8', (b) => new Uint8Array(b)],
  bool: ['bool', (b) => new Uint8Array(b)],
  complex64: ['complex64', (b) => new Float32Array(b)],
};
/** The elements of a stored array as numbers. */
export function elementsOf(x: StoredArray): { dtype: DType; shape: readonly number[]; data: ArrayLike<number> } {
  const bytes = Uint8Array.from(Buffer.from(x.data, 'base64')).buffer;
  const found = wide[x.dtype];
  if (!found) throw new Error(`no elements of ${x.dtype}`);
  return { dtype: found[0], shape: x.shape, data: found[1](bytes) };
}

export const isArray = (x: unknown): x is StoredArray =>
  typeof x === 'object' && x !== null && 'data' in x && 'dtype' in x;
/** A value of `args`, `kwargs` as the ops take it. */
export function decodeValue(x: Json, bodies: Readonly<Record<string, unknown>>): unknown {
  if (typeof x !== 'object' || x === null) return x;
  if (Array.isArray(x)) return x.map((y) => decodeValue(y, bodies));
  const o = x as Record<string, Json>;
  if (isArray(o)) {
    const { dtype, shape, data } = elementsOf(o);
    return tensor(Array.from(data), { dtype, shape: [...shape] });
  }
  if ('body' in o) return bodies[o.body as string];
  if ('slice' in o) return { slice: o.slice };
  if ('ellipsis' in o) return '...';
  if ('float' in o) return { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }[o.float as string];
  if ('symbolic' in o) {
    const { shape, dtype } = o.symbolic as { shape: (number | null)[]; dtype: DType };
    return new KerasTensor(shape, { dtype });
  }
  return Object.fromEntries(Object.entries(o).map(([k, y]) => [k, decodeValue(y, bodies)]));
}

/** The leaves of a nest of lists. */
export const flat = (x: unknown): unknown[] => (Array.isArray(x) ? x.flatMap(flat) : [x]);

export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
  readonly intAtol: number;
}
/** What differs between a result and the stored one; undefined when nothing does. */
export async function difference(
  found: unknown,
  expected: unknown,
  tol: Tolerance,
  where = 'output',
): Promise<string | undefined> {
  if (Array.isArray(expected)) {
    if (!Array.isArray(found) || found.length !== expected.length)
      return `${where}: a list of ${expected.length} was expected, got ${Array.isArray(found) ? `one of ${found.length}` : String(found)}`;
    for (let k = 0; k < expected.length; k++) {
      const problem = await difference(found[k], expected[k], tol, `${where}[${k}]`);
      if (problem) return problem;
    }
    return undefined;
  }
  if (!isArray(expected)) {
    const value = found instanceof Tensor ? await found.item() : found;
    const wanted = typeof expected === 'boolean' && found instanceof Tensor ? Number(expected) : expected;
    return (value ?? null) === wanted ? undefined : `${where}: ${String(value)}, not ${String(wanted)}`;
  }
  const want = elementsOf(expected);
  if (!(found instanceof Tensor)) {
    const plain = flat(found);
    if (plain.length === want.data.length && plain.every((n, i) => close(Number(n), want.data[i]!, tol)))
      return undefined;
    return `${where}: no tensor but ${String(found)}`;
  }
  if (found.dtype !== want.dtype) return `${where}: dtype ${found.dtype}, not ${want.dtype}`;
  if (found.shape.join() !== want.shape.join()) return `${where}: shape (${found.shape}), not (${want.shape})`;
  const data = await found.data();
  const isFloat = isInexact(want.dtype);
  let worst = -1;
  for (let i = 0; i < data.length; i++) {
    const fits = isFloat ? close(data[i]!, want.data[i]!, tol) : Math.abs(data[i]! - want.data[i]!) <= tol.intAtol;
    if (!fits && worst < 0) worst = i;
  }
  return worst < 0
    ? undefined
    : `${where}: element ${worst} of ${data.length} is ${data[worst]}, not ${want.data[worst]}`;
}
export const close = (a: number, b: number, { rtol, atol }: Tolerance): boolean =>
  Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= atol + rtol * Math.abs(b);
