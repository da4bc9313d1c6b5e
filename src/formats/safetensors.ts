import { fail } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';

/** An array as a safetensors file holds it. */
export interface StoredTensor {
  /** Dtype by its name here; `int64`, `uint64` and `float64` too. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Elements in C order; 16-bit floats as their bits. */
  readonly data: ArrayLike<number | bigint> & ArrayBufferView;
}

interface Kind {
  readonly dtype: string;
  readonly bytes: number;
  make(buffer: ArrayBuffer): StoredTensor['data'];
}
const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['BOOL', { dtype: 'bool', bytes: 1, make: (b) => new Uint8Array(b) }],
  ['U8', { dtype: 'uint8', bytes: 1, make: (b) => new Uint8Array(b) }],
  ['I8', { dtype: 'int8', bytes: 1, make: (b) => new Int8Array(b) }],
  ['U16', { dtype: 'uint16', bytes: 2, make: (b) => new Uint16Array(b) }],
  ['I16', { dtype: 'int16', bytes: 2, make: (b) => new Int16Array(b) }],
  ['F16', { dtype: 'float16', bytes: 2, make: (b) => new Uint16Array(b) }],
  ['BF16', { dtype: 'bfloat16', bytes: 2, make: (b) => new Uint16Array(b) }],
  ['U32', { dtype: 'uint32', bytes: 4, make: (b) => new Uint32Array(b) }],
  ['I32', { dtype: 'int32', bytes: 4, make: (b) => new Int32Array(b) }],
  ['F32', { dtype: 'float32', bytes: 4, make: (b) => new Float32Array(b) }],
  ['U64', { dtype: 'uint64', bytes: 8, make: (b) => new BigUint64Array(b) }],
  ['I64', { dtype: 'int64', bytes: 8, make: (b) => new BigInt64Array(b) }],
  ['F64', { dtype: 'float64', bytes: 8, make: (b) => new Float64Array(b) }],
]);
const who = 'safetensors';
/** The longest header that the format allows. */
const longest = 100_000_000;
const complete = 'give a complete .safetensors file';

/** Whether bytes begin like a safetensors file: with the length of a header, which is a JSON object. */
export const isSafetensors = (bytes: Uint8Array): boolean => {
  if (bytes.length < 10 || bytes[8] !== 0x7b) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  return length >= 2n && length <= BigInt(bytes.length - 8);
};

/**
 * The arrays of a file, by name. The whole header is checked before anything is copied.
 * @see https://huggingface.co/docs/safetensors
 */
export function readSafetensors(bytes: Uint8Array): Map<string, StoredTensor> {
  if (!isSafetensors(bytes)) fail(who, 'the file does not begin with the length of a header', complete);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > longest) fail(who, `its header has ${length} bytes`, `headers have at most ${longest}`);
  const data = bytes.subarray(8 + length);
  const found = new Map<string, StoredTensor>();
  const places: (readonly [begin: number, end: number])[] = [];
  for (const [name, entry] of Object.entries(headerOf(bytes.subarray(8, 8 + length)))) {
    if (name === '__metadata__') continue;
    const { kind, shape, place } = checkEntry(name, entry, data.length);
    places.push(place);
    const copy = data.slice(...place).buffer;
    found.set(name, { dtype: kind.dtype, shape, data: kind.make(copy) });
  }
  places.sort(([a], [b]) => a - b);
  const overlap = places.findIndex(([begin], k) => k > 0 && begin < places[k - 1][1]);
  if (overlap >= 0) fail(who, `two tensors share the bytes at ${places[overlap][0]}`, complete);
  return found;
}

function headerOf(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    fail(who, `its header is no JSON: ${(error as Error).message.slice(0, 100)}`, complete);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    fail(who, 'its header is no JSON object', complete);
  return header as Record<string, unknown>;
}

const isCount = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
function checkEntry(name: string, entry: unknown, size: number) {
  const wrong = (what: string): never => fail(`${who}, tensor "${name.slice(0, 100)}"`, what, complete);
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const kind =
    (typeof dtype === 'string' ? kinds.get(dtype) : undefined) ??
    wrong(`its dtype ${JSON.stringify(dtype)?.slice(0, 40)} is none that is read`);
  if (!Array.isArray(shape) || shape.length > 64 || !shape.every(isCount))
    return wrong('its shape is no list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    return wrong('its data_offsets are no two numbers');
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > size)
    wrong(`its bytes ${begin} to ${end} do not lie in the file, which has ${size} of data`);
  if (sizeOf(shape) * kind.bytes !== end - begin)
    wrong(`shape [${String(shape)}] of ${String(dtype)} does not fill the ${end - begin} bytes that it has`);
  return { kind, shape: shape as number[], place: [begin, end] as const };
}

/** The bytes of a file with the given arrays and metadata. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const codes = new Map([...kinds].map(([code, { dtype, bytes }]) => [dtype, { code, bytes }]));
  // Wide elements first, so that all are aligned.
  const widthOf = ({ dtype }: StoredTensor): number => codes.get(dtype)?.bytes ?? 1;
  const entries = [...tensors].sort(([a, x], [b, y]) => widthOf(y) - widthOf(x) || (a < b ? -1 : 1));
  let at = 0;
  const described = entries.map(([name, { dtype, shape, data }]): [string, unknown] => {
    const begin = at;
    at += data.byteLength;
    return [name, { dtype: codes.get(dtype)?.code, shape, data_offsets: [begin, at] }];
  });
  const text = JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...described]));
  const header = new TextEncoder().encode(text);
  const padded = Math.ceil(header.length / 8) * 8;
  const out = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(header, 8);
  let place = 8 + padded;
  for (const [, { data }] of entries) {
    out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), place);
    place += data.byteLength;
  }
  return out;
}
