import { fail } from '../base/errors.ts';

/** One entry of an archive's central directory, with its data as they lie in the archive. */
export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly packed: Uint8Array;
  /** Declared size once unpacked. */
  readonly size: number;
  readonly crc: number;
}

const damaged = 'the archive is damaged or incomplete: fetch or save it again';

/** The central directory of a zip archive (zip64 too), every place in it checked against the archive's size. */
export function readDirectory(archive: Uint8Array, maxEntries: number): ZipEntry[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const { count, start } = findDirectory(view);
  if (count > maxEntries)
    fail(
      'zip archive',
      `holds ${count} files, more than ${maxEntries}`,
      'do not trust this file; if it is yours, save the model again',
    );
  const entries: ZipEntry[] = [];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50)
      fail('zip archive', `has no entry ${i} where its directory should hold one`, damaged);
    const end = at + 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (end > view.byteLength) fail('zip archive', `ends within entry ${i} of its directory`, damaged);
    entries.push(readEntry(archive, view, at));
    at = end;
  }
  return entries;
}

function findDirectory(view: DataView): { count: number; start: number } {
  // The end record has 22 bytes and a comment of at most 65535.
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  let at = view.byteLength - 22;
  while (at >= first && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < first)
    fail('zip archive', 'is no zip archive, or is cut off', 'pass the bytes of a .keras, .npz or .zip file, complete');
  const count = view.getUint16(at + 10, true);
  const start = view.getUint32(at + 16, true);
  if (count !== 0xffff && start !== 0xffffffff) return { count, start };
  if (at < 20 || view.getUint32(at - 20, true) !== 0x07064b50) return { count, start };
  const end64 = number64(view, at - 12);
  if (end64 + 56 > view.byteLength || view.getUint32(end64, true) !== 0x06064b50)
    fail('zip archive', 'has no zip64 end record where it names one', damaged);
  return { count: number64(view, end64 + 32), start: number64(view, end64 + 48) };
}

function readEntry(archive: Uint8Array, view: DataView, at: number): ZipEntry {
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const name = new TextDecoder().decode(archive.subarray(at + 46, nameEnd));
  const who = `zip entry "${name}"`;
  if (view.getUint16(at + 8, true) & 1) fail(who, 'is encrypted', 'save the archive without a password');
  let size = view.getUint32(at + 24, true);
  let packedSize = view.getUint32(at + 20, true);
  let local = view.getUint32(at + 42, true);
  // What does not fit 32 bits stands in the zip64 extra field, in this order.
  let wide = findZip64(view, nameEnd, view.getUint16(at + 30, true));
  const widen = (value: number): number => {
    if (value !== 0xffffffff || wide === undefined) return value;
    wide += 8;
    return wide <= view.byteLength ? number64(view, wide - 8) : fail(who, 'has a zip64 field that is cut off', damaged);
  };
  size = widen(size);
  packedSize = widen(packedSize);
  local = widen(local);
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== 0x04034b50)
    fail(who, 'does not lie where the directory says', damaged);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packedSize > view.byteLength) fail(who, 'reaches past the end of the archive', damaged);
  const packed = archive.subarray(start, start + packedSize);
  return { name, method: view.getUint16(at + 10, true), packed, size, crc: view.getUint32(at + 16, true) };
}

function findZip64(view: DataView, from: number, length: number): number | undefined {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true))
    if (view.getUint16(at, true) === 1) return at + 4;
  return undefined;
}

const number64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
