import { type Cursor, damaged, type Source } from './source.ts';

/** Bytes needed for a number. */
export const bytesFor = (n: number): number => Math.floor(Math.floor(Math.log2(Math.max(n, 1))) / 8) + 1;

/** Readers of all records, in order, of the version-2 B-tree at an address. */
export function readTreeV2(source: Source, address: number | undefined): { type: number; records: Cursor[] } {
  if (address === undefined) return { type: -1, records: [] };
  const headLength = 22 + source.addressBytes + source.lengthBytes;
  const head = source.checked(address, headLength, 'BTHD', 0, 'a B-tree');
  const type = head.uint(1);
  const nodeBytes = head.uint(4);
  const [recordBytes, depth] = [head.uint(2), head.uint(2)];
  const root = head.skip(2).address();
  const count = head.uint(2);
  if (recordBytes === 0 || nodeBytes <= 10 + recordBytes || depth > 32) damaged('a B-tree has impossible sizes');
  const records: Cursor[] = [];
  if (root === undefined || count === 0) return { type, records };

  // The number of records that fit in a node of each level determines the width of their counts.
  const most = [Math.floor((nodeBytes - 10) / recordBytes)];
  const totals = [most[0]];
  const totalBytes = [0];
  const countBytes = bytesFor(most[0]);
  for (let level = 1; level <= depth; level++) {
    const pointer = source.addressBytes + countBytes + totalBytes[level - 1];
    most.push(Math.floor((nodeBytes - 10 - pointer) / (recordBytes + pointer)));
    totals.push((most[level] + 1) * totals[level - 1] + most[level]);
    totalBytes.push(bytesFor(totals[level]));
  }

  const visit = (at: number | undefined, level: number, n: number): void => {
    if (n > most[level]) damaged('a node of a B-tree holds more than fits');
    const pointers = level === 0 ? 0 : (n + 1) * (source.addressBytes + countBytes + totalBytes[level - 1]);
    const length = 10 + n * recordBytes + pointers;
    const node = source.checked(at, length, level === 0 ? 'BTLF' : 'BTIN', 0, 'a node of a B-tree').skip(1);
    const own = Array.from({ length: n }, () => node.part(recordBytes));
    if (level === 0) {
      records.push(...own);
      return;
    }
    for (let k = 0; k <= n; k++) {
      const child = node.address();
      const held = node.uint(countBytes);
      node.skip(totalBytes[level - 1]);
      visit(child, level - 1, held);
      if (k < n) records.push(own[k]);
    }
  };
  visit(root, depth, count);
  return { type, records };
}
