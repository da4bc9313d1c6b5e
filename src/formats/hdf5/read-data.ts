import { type Chunk, type Chunking, chunksInIndex, chunksInTree } from './chunk-index.ts';
import { type Filter, type loadInflate, readFilters, unpack } from './filters.ts';
import { bodyOf, type HeaderMessage } from './object-header.ts';
import { elements } from './read-type.ts';
import { type Cursor, damaged, type Source, unsupported } from './source.ts';

/** A dataset before its data are read. */
export interface DataPlace {
  readonly who: string;
  readonly messages: readonly HeaderMessage[];
  readonly shape: readonly number[];
  readonly most: readonly (number | undefined)[];
  readonly elementBytes: number;
  readonly inflate: Awaited<ReturnType<typeof loadInflate>> | undefined;
  /** Called with a number of bytes before they are allocated. */
  readonly spend: (bytes: number) => void;
}

/** The filters by which a dataset was packed. */
export function filtersOf(source: Source, messages: readonly HeaderMessage[]): Filter[] {
  const message = messages.find(({ type }) => type === 0x0b);
  return message === undefined ? [] : readFilters(bodyOf(source, message));
}

/** The bytes of a dataset, in any layout: a view if they are contiguous. */
export function readData(source: Source, place: DataPlace): Uint8Array {
  const { who, messages, shape, elementBytes } = place;
  const size = elements(shape) * elementBytes;
  if (messages.some(({ type }) => type === 0x07)) unsupported(who, 'keeps its data in other files');
  const message = messages.find(({ type }) => type === 0x08) ?? damaged(`${who} does not say where its data lie`);
  const body = bodyOf(source, message);
  const version = body.uint(1);
  if (version < 1 || version > 5) unsupported(who, `has a layout of version ${version}`);
  return version < 3 ? oldLayout(source, place, size, body) : newLayout(source, place, size, body, version);
}

function newLayout(source: Source, place: DataPlace, size: number, body: Cursor, version: number): Uint8Array {
  const kind = body.uint(1);
  if (kind === 0) return inHeader(place, size, body.part(body.uint(2)));
  if (kind === 1) return inOnePiece(source, place, size, body.address());
  if (kind === 3) unsupported(place.who, 'is a virtual dataset, whose data lie in other files');
  if (kind !== 2) damaged(`${place.who} has a layout of no known kind`);
  if (version === 3) {
    const rank = body.uint(1) - 1;
    const tree = body.address();
    return inChunks(
      source,
      place,
      size,
      readSizes(rank, () => body.uint(4)),
      (chunking) => chunksInTree(source, tree, chunking),
    );
  }
  const edgesUnfiltered = (body.uint(1) & 1) !== 0;
  if (edgesUnfiltered) unsupported(place.who, 'leaves its last chunks unpacked');
  const [rank, width] = [body.uint(1) - 1, body.uint(1)];
  const sizes = readSizes(rank, () => body.uint(width));
  body.skip(width);
  return inChunks(source, place, size, sizes, (chunking) =>
    chunksInIndex(source, place.who, body.uint(1), body, chunking),
  );
}

function oldLayout(source: Source, place: DataPlace, size: number, body: Cursor): Uint8Array {
  const [rank, kind] = [body.uint(1), body.uint(1)];
  body.skip(5);
  const address = kind === 0 ? undefined : body.address();
  const sizes = readSizes(rank, () => body.uint(4));
  if (kind === 0) return inHeader(place, size, body.part(body.uint(4)));
  if (kind === 1) return inOnePiece(source, place, size, address);
  if (kind !== 2) damaged(`${place.who} has a layout of no known kind`);
  return inChunks(source, place, size, sizes.slice(0, -1), (chunking) => chunksInTree(source, address, chunking));
}

function readSizes(rank: number, next: () => number): number[] {
  if (rank < 0 || rank > 33) damaged(`a dataset has chunks of ${rank} axes`);
  return Array.from({ length: rank }, next);
}

function inHeader({ who }: DataPlace, size: number, data: Cursor): Uint8Array {
  if (data.left < size) damaged(`${who} takes ${size} bytes, of which its header holds ${data.left}`);
  return data.take(size);
}

function inOnePiece(source: Source, place: DataPlace, size: number, address: number | undefined): Uint8Array {
  if (size === 0) return new Uint8Array(0);
  if (address === undefined) return filled(source, place, size);
  const start = source.base + address;
  if (!(start + size <= source.bytes.length))
    damaged(`${place.who} (${size} bytes at ${start}) reaches past the end of the file (${source.bytes.length})`);
  return source.bytes.subarray(start, start + size);
}

/** Memory for a dataset, initialised with its fill value. */
function filled(source: Source, { messages, elementBytes }: DataPlace, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const value = fillValue(source, messages);
  if (value?.length !== elementBytes || value.every((byte) => byte === 0)) return out;
  for (let at = 0; at < size; at += elementBytes) out.set(value, at);
  return out;
}

function fillValue(source: Source, messages: readonly HeaderMessage[]): Uint8Array | undefined {
  const message = messages.find(({ type }) => type === 0x05) ?? messages.find(({ type }) => type === 0x04);
  if (!message) return undefined;
  const body = bodyOf(source, message);
  if (message.type === 0x04) return body.take(body.uint(4));
  const version = body.uint(1);
  if (version === 3) return body.uint(1) & 0x20 ? body.take(body.uint(4)) : undefined;
  const isDefined = body.skip(2).uint(1) !== 0;
  return isDefined && body.left >= 4 ? body.take(body.uint(4)) : undefined;
}

function inChunks(
  source: Source,
  place: DataPlace,
  size: number,
  sizes: readonly number[],
  list: (chunking: Chunking) => readonly Chunk[],
): Uint8Array {
  const { who, shape, most, elementBytes, messages, inflate } = place;
  if (sizes.length !== shape.length || sizes.some((n) => n === 0)) damaged(`${who} has impossible chunks`);
  const filters = filtersOf(source, messages);
  const bytes = elements(sizes) * elementBytes;
  if (size === 0) return new Uint8Array(0);
  const chunks = list({ shape, most, sizes, bytes, isFiltered: filters.length > 0 });
  if (filters.length > 0) place.spend(chunks.length * bytes);
  const out = filled(source, place, size);
  const written = new Set<string>();
  for (const chunk of chunks) {
    if (chunk.start.some((n, d) => n >= shape[d])) continue;
    // Each chunk may be listed once: endlessly many entries for one chunk would take forever.
    const key = chunk.start.join();
    if (written.has(key) || chunk.start.some((n, d) => n % sizes[d] !== 0)) damaged(`${who} has chunks in disorder`);
    written.add(key);
    const packed = source.block(chunk.address, chunk.bytes, `a chunk of ${who}`).take(chunk.bytes);
    copyChunk(out, shape, unpack(who, packed, filters, chunk.mask, bytes, inflate), sizes, chunk.start, elementBytes);
  }
  return out;
}

/** Copies the part of a chunk that lies within the dataset, line by line. */
function copyChunk(
  out: Uint8Array,
  shape: readonly number[],
  chunk: Uint8Array,
  sizes: readonly number[],
  start: readonly number[],
  width: number,
): void {
  const last = shape.length - 1;
  const copy = (axis: number, from: number, to: number): void => {
    const count = Math.min(sizes[axis], shape[axis] - start[axis]);
    if (axis === last) {
      const at = (to + start[axis]) * width;
      out.set(chunk.subarray(from * width, (from + count) * width), at);
      return;
    }
    for (let k = 0; k < count; k++)
      copy(axis + 1, (from + k) * sizes[axis + 1], (to + start[axis] + k) * shape[axis + 1]);
  };
  copy(0, 0, 0);
}
