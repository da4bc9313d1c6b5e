import { Cursor, damaged, type Source, unsupported } from './source.ts';
import { bytesFor, readTreeV2 } from './tree-v2.ts';

/** Finds the bytes of a fractal heap's objects by their identifiers. */
export type FindInHeap = (id: Cursor) => Cursor;

const log2 = (n: number): number => Math.round(Math.log2(n));

/** The fractal heap at an address, in which large groups keep links and attributes. */
export function openFractalHeap(source: Source, address: number): FindInHeap {
  const { addressBytes, lengthBytes } = source;
  const headLength = 26 + 3 * addressBytes + 12 * lengthBytes;
  const head = source.signed(address, headLength, 'FRHP', 0, 'a heap');
  const idBytes = head.uint(2);
  if (head.uint(2) > 0) unsupported('HDF5 file', 'packs its links and attributes');
  source.checked(address, headLength, 'FRHP', 0, 'a heap');
  const hasChecksums = (head.uint(1) & 2) !== 0;
  const largest = head.uint(4);
  const hugeTree = head.skip(lengthBytes).address();
  head.skip(lengthBytes + addressBytes + 8 * lengthBytes);
  const width = head.uint(2);
  const smallestBlock = head.length();
  const largestBlock = head.length();
  const heapBits = head.uint(2);
  const root = head.skip(2).address();
  const rootRows = head.uint(2);
  const isPower = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));
  if (!isPower(width) || !isPower(smallestBlock) || !isPower(largestBlock) || heapBits > 64 || heapBits === 0)
    damaged('a heap has impossible sizes');
  const offsetBytes = Math.ceil(heapBits / 8);
  const lengthInId = Math.min(Math.floor((log2(largestBlock) + 7) / 8), bytesFor(largest));
  const directRows = log2(largestBlock) - log2(smallestBlock) + 2;
  const blockHead = 5 + addressBytes + offsetBytes;
  const rowBlock = (row: number): number => smallestBlock * 2 ** Math.max(0, row - 1);
  const rowStart = (row: number): number => (row === 0 ? 0 : smallestBlock * width * 2 ** (row - 1));

  /**
   * The place in the file of an offset in the heap's address space, below an indirect block (of so many rows) or a
   * direct one.
   */
  const place = (
    block: number | undefined,
    rows: number,
    blockBytes: number,
    offset: number,
    length: number,
  ): Cursor => {
    if (rows === 0) {
      const start = blockHead + (hasChecksums ? 4 : 0);
      if (offset < start || offset + length > blockBytes) damaged('an object of a heap lies outside its block');
      source.signed(block, start, 'FHDB', 0, 'a block of a heap');
      return source.block(block! + offset, length, 'an object of a heap');
    }
    let row = 0;
    while (row < rows && offset >= rowStart(row + 1)) row++;
    if (row >= rows) damaged('an object of a heap lies outside of it');
    const column = Math.floor((offset - rowStart(row)) / rowBlock(row));
    const entries = source.signed(block, blockHead, 'FHIB', 0, 'a block of a heap');
    const child = source
      .block(entries.end - source.base + (row * width + column) * addressBytes, addressBytes, 'a block of a heap')
      .address();
    const childBytes = rowBlock(row);
    const within = offset - rowStart(row) - column * childBytes;
    const childRows = row < directRows ? 0 : log2(childBytes) - log2(smallestBlock * width) + 1;
    if (row >= directRows && childRows <= 0) damaged('a heap has impossible sizes');
    return place(child, childRows, childBytes, within, length);
  };

  let huge: Map<number, Cursor> | undefined;
  const findHuge = (id: Cursor): Cursor => {
    if (idBytes - 1 >= addressBytes + lengthBytes) return source.block(id.address(), id.length(), 'a large object');
    huge ??= new Map(
      readTreeV2(source, hugeTree).records.map((record) => {
        const large = source.block(record.address(), record.length(), 'a large object');
        return [record.length(), large];
      }),
    );
    const found = huge.get(id.uint(Math.min(lengthBytes, idBytes - 1))) ?? damaged('a heap has no such large object');
    return new Cursor(source, found.at, found.end, 'a large object');
  };

  return (id) => {
    const first = id.uint(1);
    const kind = (first >> 4) & 3;
    if (kind === 1) return findHuge(id);
    if (kind === 2) return id.part(idBytes <= 18 ? (first & 15) + 1 : ((first & 15) << 8) + id.uint(1) + 1);
    if (kind !== 0) damaged('an object of a heap is of no known kind');
    const offset = id.uint(offsetBytes);
    const length = id.uint(lengthInId);
    return place(root, rootRows, smallestBlock, offset, length);
  };
}
