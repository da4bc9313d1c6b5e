import { type Cursor, damaged, type Source, verify } from './source.ts';

const what = 'an index of chunks';

/** The entries of an extensible array, by their numbers: the index of a dataset that can grow along one axis. */
export function readExtensibleArray(source: Source, address: number): [index: number, entry: Cursor][] {
  const { addressBytes, lengthBytes } = source;
  const head = source.checked(address, 16 + 6 * lengthBytes + addressBytes, 'EAHD', 0, what).skip(1);
  const [entryBytes, countBits, inIndex] = [head.uint(1), head.uint(1), head.uint(1)];
  const [smallest, pointers, pageBits] = [head.uint(1), head.uint(1), head.uint(1)];
  const count = head.skip(4 * lengthBytes).length();
  const index = head.skip(lengthBytes).address();
  const isPower = (n: number): boolean => n > 0 && Number.isInteger(Math.log2(n));
  if (!isPower(smallest) || !isPower(pointers) || countBits > 64) damaged(`${what} has impossible sizes`);
  if (index === undefined) return [];

  const offsetBytes = Math.ceil(countBits / 8);
  const perPage = 2 ** pageBits;
  const levels = 1 + countBits - Math.log2(smallest);
  const levelsInIndex = 2 * Math.log2(pointers);
  const blocksInIndex = 2 * (pointers - 1);
  const blocksAt = (level: number): number => 2 ** Math.floor(level / 2);
  const entriesAt = (level: number): number => smallest * 2 ** Math.floor((level + 1) / 2);
  const found: [index: number, entry: Cursor][] = [];
  let next = 0;
  const take = (body: Cursor, n: number): void => {
    for (let k = 0; k < n; k++) {
      if (next < count) found.push([next, body.part(entryBytes)]);
      next++;
    }
  };

  const readBlock = (at: number | undefined, entries: number, written?: Uint8Array): void => {
    if (at === undefined) {
      next += entries;
      return;
    }
    const isPaged = entries > perPage;
    const prefix = 10 + addressBytes + offsetBytes;
    const length = prefix + (isPaged ? 0 : entries * entryBytes);
    const body = source.checked(at, length, 'EADB', 0, what).skip(1 + addressBytes + offsetBytes);
    if (!isPaged) {
      take(body, entries);
      return;
    }
    const pageLength = perPage * entryBytes + 4;
    for (let page = 0; page < entries / perPage; page++) {
      if (!written || written[page >> 3] & (0x80 >> (page & 7))) {
        const entriesOfPage = source.block(at + prefix + page * pageLength, pageLength, what);
        verify(source, entriesOfPage.at, entriesOfPage.end, what);
        take(entriesOfPage, perPage);
      } else next += perPage;
    }
  };

  const readLevel = (at: number | undefined, level: number): void => {
    const [blocks, entries] = [blocksAt(level), entriesAt(level)];
    if (at === undefined) {
      next += blocks * entries;
      return;
    }
    const bitmapBytes = entries > perPage ? Math.ceil(entries / perPage / 8) : 0;
    const length = 10 + addressBytes + offsetBytes + blocks * (bitmapBytes + addressBytes);
    const body = source.checked(at, length, 'EASB', 0, what).skip(1 + addressBytes + offsetBytes);
    const written = Array.from({ length: blocks }, () => body.take(bitmapBytes));
    for (const bitmap of written) readBlock(body.address(), entries, bitmap);
  };

  const length =
    10 + addressBytes + inIndex * entryBytes + (blocksInIndex + Math.max(0, levels - levelsInIndex)) * addressBytes;
  const body = source.checked(index, length, 'EAIB', 0, what).skip(1 + addressBytes);
  take(body, inIndex);
  if (count > inIndex)
    for (let level = 0; level < Math.min(levels, levelsInIndex); level++)
      for (let block = 0; block < blocksAt(level); block++) readBlock(body.address(), entriesAt(level));
  for (let level = levelsInIndex; level < levels && next < count; level++) readLevel(body.address(), level);
  return found;
}
