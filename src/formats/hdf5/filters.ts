import { part } from '../../base/part.ts';
import { type Cursor, damaged, unsupported } from './source.ts';

/** One step of a filter pipeline. */
export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

type Inflate = (packed: Uint8Array, options: { out: Uint8Array }) => Uint8Array;
const known = { deflate: 1, shuffle: 2, fletcher32: 3 } as const;
// Deflate makes data at most 1032 times smaller.
const expansion = 1032;

/** Reads a filter pipeline message. */
export function readFilters(body: Cursor): Filter[] {
  const version = body.uint(1);
  if (version !== 1 && version !== 2) damaged('a pipeline of filters is of no known version');
  const count = body.uint(1);
  if (version === 1) body.skip(6);
  return Array.from({ length: count }, () => {
    const id = body.uint(2);
    const nameBytes = version === 1 || id >= 256 ? body.uint(2) : 0;
    const valueCount = body.skip(2).uint(2);
    body.skip(version === 1 ? Math.ceil(nameBytes / 8) * 8 : nameBytes);
    const values = Array.from({ length: valueCount }, () => body.uint(4));
    if (version === 1 && valueCount % 2 === 1) body.skip(4);
    return { id, values };
  });
}

/** Undoes the filters of one chunk, except those skipped by `mask`; the result has `size` bytes. */
export function unpack(
  who: string,
  packed: Uint8Array,
  filters: readonly Filter[],
  mask: number,
  size: number,
  inflate: Inflate | undefined,
): Uint8Array {
  let bytes = packed;
  for (let k = filters.length - 1; k >= 0; k--) {
    if (mask & (1 << k)) continue;
    const { id, values } = filters[k];
    if (id === known.deflate) bytes = inflated(who, bytes, size, inflate);
    else if (id === known.shuffle) bytes = unshuffled(bytes, values[0] ?? 1);
    else if (id === known.fletcher32) bytes = verified(who, bytes);
    else unsupported(who, `is packed by filter ${id}`);
  }
  if (bytes.length !== size) damaged(`${who}: a chunk unpacks to ${bytes.length} bytes, not ${size}`);
  return bytes;
}

function inflated(who: string, packed: Uint8Array, size: number, inflate: Inflate | undefined): Uint8Array {
  // Room for a 4-byte checksum that may be compressed with the data, and one more byte to detect excess data.
  const room = size + 5;
  if (size > packed.length * expansion)
    damaged(`${who}: a chunk of ${size} bytes is said to be packed in ${packed.length}`);
  try {
    return inflate!(packed, { out: new Uint8Array(room) });
  } catch (error) {
    return damaged(`${who}: a chunk cannot be unpacked (${(error as Error).message})`);
  }
}

/** Undoes the shuffle filter, which groups the bytes of numbers by significance. */
function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  if (width <= 1) return bytes;
  const count = Math.floor(bytes.length / width);
  const out = bytes.slice();
  for (let k = 0; k < width; k++) for (let i = 0; i < count; i++) out[i * width + k] = bytes[k * count + i];
  return out;
}

function verified(who: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) damaged(`${who}: a chunk has no checksum`);
  const data = bytes.subarray(0, bytes.length - 4);
  const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(data.length, true);
  if (fletcher32(data) !== stored) damaged(`${who}: a chunk does not match its checksum`);
  return data;
}

const folded = (sum: number): number => (sum & 0xffff) + (sum >>> 16);

/** Fletcher's checksum over big-endian 16-bit words, as HDF5 defines it. */
function fletcher32(bytes: Uint8Array): number {
  let [first, second] = [0, 0];
  const words = Math.floor(bytes.length / 2);
  for (let i = 0; i < words; ) {
    for (const stop = Math.min(words, i + 360); i < stop; i++) {
      first += (bytes[2 * i] << 8) | bytes[2 * i + 1];
      second += first;
    }
    [first, second] = [folded(first), folded(second)];
  }
  if (bytes.length % 2 === 1) {
    first += bytes.at(-1)! << 8;
    second += first;
    [first, second] = [folded(first), folded(second)];
  }
  return ((folded(second) << 16) | folded(first)) >>> 0;
}

/** The library that inflates, loaded only for files that need it. */
export async function loadInflate(): Promise<Inflate> {
  return (await part('HDF5', () => import('fflate'))).unzlibSync;
}
