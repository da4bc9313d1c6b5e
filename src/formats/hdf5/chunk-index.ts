import { readExtensibleArray } from './extensible-array.ts';
import { treeLeaves } from './links.ts';
import { type Cursor, damaged, type Source, verify } from './source.ts';
import { readTreeV2 } from './tree-v2.ts';

/** One chunk of a dataset as stored in the file. */
export interface Chunk {
  /** Where it begins in the dataset, by axis. */
  readonly start: readonly number[];
  readonly address: number;
  /** Bytes it takes in the file. */
  readonly bytes: number;
  /** One bit per filter that was skipped. */
  readonly mask: number;
}

/** What an index of chunks needs to know about its dataset. */
export interface Chunking {
  readonly shape: readonly number[];
  readonly most: readonly (number | undefined)[];
  /** The size of a chunk, by axis. */
  readonly sizes: readonly number[];
  /** Bytes of a whole chunk once unpacked. */
  readonly bytes: number;
  readonly isFiltered: boolean;
}

/** The chunks listed in a version-1 B-tree. */
export function chunksInTree(source: Source, address: number | undefined, { sizes }: Chunking): Chunk[] {
  const rank = sizes.length;
  return treeLeaves(source, address, 1, 8 + 8 * (rank + 1)).map(({ key, address: at }) => {
    const [bytes, mask] = [key.uint(4), key.uint(4)];
    return { start: sizes.map(() => key.uint(8)), address: at, bytes, mask };
  });
}

/** The chunks of the newer layout (version 4), whose index is one of five. */
export function chunksInIndex(source: Source, who: string, kind: number, body: Cursor, chunking: Chunking): Chunk[] {
  const { sizes, isFiltered, bytes } = chunking;
  if (kind === 1) {
    const [size, mask] = isFiltered ? [body.length(), body.uint(4)] : [bytes, 0];
    const address = body.address();
    return address === undefined ? [] : [{ start: sizes.map(() => 0), address, bytes: size, mask }];
  }
  if (kind === 2) {
    const first = body.address();
    if (first === undefined) return [];
    return positions(source, chunking).map((start, k) => ({ start, address: first + k * bytes, bytes, mask: 0 }));
  }
  if (kind === 3) return fixedArray(source, body.skip(1).address(), chunking);
  if (kind === 5) return chunksInTreeV2(source, body.skip(6).address(), chunking);
  if (kind === 4) return extensibleArray(source, body.skip(5).address(), chunking);
  return damaged(`${who} has an index of chunks of no known kind`);
}

/**
 * Where the chunk of a given number begins: chunks count up to the maximum lengths, the last axis of `order` running
 * fastest.
 */
function numbered({ shape, most, sizes }: Chunking, order: readonly number[]): (k: number) => number[] {
  const counts = shape.map((n, d) => Math.ceil(Math.max(most[d] ?? n, n) / sizes[d]));
  return (k) => {
    const start = new Array<number>(sizes.length).fill(0);
    let rest = k;
    for (const d of [...order].reverse()) {
      // The slowest axis may be unlimited.
      const at = d === order[0] ? rest : rest % counts[d];
      start[d] = at * sizes[d];
      rest = Math.floor(rest / counts[d]);
    }
    return start;
  };
}

/** Where all chunks begin, in the order of their numbers. */
function positions(source: Source, chunking: Chunking): number[][] {
  const { shape, most, sizes } = chunking;
  const total = shape.reduce((product, n, d) => product * Math.ceil(Math.max(most[d] ?? n, n) / sizes[d]), 1);
  // Each chunk takes at least one byte of the file.
  if (total > source.bytes.length) damaged(`a dataset of ${total} pieces does not fit into the file`);
  const startOf = numbered(chunking, [...shape.keys()]);
  return Array.from({ length: total }, (_, k) => startOf(k));
}

/** The chunk of an array entry; undefined if it was never written. */
function entryChunk(entry: Cursor, start: readonly number[], { isFiltered, bytes }: Chunking): Chunk[] {
  const address = entry.address();
  const packed = isFiltered ? entry.uint(entry.left - 4) : bytes;
  const mask = isFiltered ? entry.uint(4) : 0;
  return address === undefined ? [] : [{ start, address, bytes: packed, mask }];
}

function extensibleArray(source: Source, address: number | undefined, chunking: Chunking): Chunk[] {
  if (address === undefined) return [];
  const axes = [...chunking.shape.keys()];
  const growing = axes.filter((d) => chunking.most[d] === undefined);
  const startOf = numbered(chunking, [...growing, ...axes.filter((d) => !growing.includes(d))]);
  return readExtensibleArray(source, address).flatMap(([k, entry]) => entryChunk(entry, startOf(k), chunking));
}

function fixedArray(source: Source, address: number | undefined, chunking: Chunking): Chunk[] {
  if (address === undefined) return [];
  const headBytes = 12 + source.lengthBytes + source.addressBytes;
  const head = source.checked(address, headBytes, 'FAHD', 0, 'an index of chunks').skip(1);
  const [entryBytes, pageBits] = [head.uint(1), head.uint(1)];
  const count = head.length();
  const block = head.address();
  const where = positions(source, chunking);
  if (block === undefined) return [];
  if (count !== where.length || entryBytes < source.addressBytes)
    damaged('an index of chunks does not fit its dataset');
  const perPage = 2 ** pageBits;
  const isPaged = count > perPage;
  const pages = isPaged ? Math.ceil(count / perPage) : 0;
  const prefix = 6 + source.addressBytes + Math.ceil(pages / 8);
  const length = prefix + (isPaged ? 0 : count * entryBytes) + 4;
  const data = source.checked(block, length, 'FADB', 0, 'an index of chunks').skip(1 + source.addressBytes);
  const chunks: Chunk[] = [];
  const readEntries = (entries: Cursor, from: number, to: number): void => {
    for (let k = from; k < to; k++) {
      chunks.push(...entryChunk(entries.part(entryBytes), where[k], chunking));
    }
  };
  if (!isPaged) readEntries(data, 0, count);
  else {
    const written = data.take(Math.ceil(pages / 8));
    let at = block + length;
    for (let page = 0; page < pages; page++) {
      const [from, to] = [page * perPage, Math.min(count, (page + 1) * perPage)];
      const bytes = (to - from) * entryBytes + 4;
      if (written[page >> 3] & (0x80 >> (page & 7))) {
        const entries = source.block(at, bytes, 'an index of chunks');
        verify(source, entries.at, entries.end, 'an index of chunks');
        readEntries(entries, from, to);
      }
      at += bytes;
    }
  }
  return chunks;
}

function chunksInTreeV2(source: Source, address: number | undefined, { sizes, isFiltered, bytes }: Chunking): Chunk[] {
  const { type, records } = readTreeV2(source, address);
  return records.map((record) => {
    const at = record.address() ?? damaged('a chunk lies nowhere');
    const offsets = 8 * sizes.length;
    if (isFiltered !== (type === 11)) damaged('an index of chunks does not fit its dataset');
    const packed = isFiltered ? record.uint(record.left - 4 - offsets) : bytes;
    const mask = isFiltered ? record.uint(4) : 0;
    return { start: sizes.map((n) => record.uint(8) * n), address: at, bytes: packed, mask };
  });
}
