import { fail } from '../base/errors.ts';

/** One entry of an archive's central directory. */
export interface ListedEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** Declared size once unpacked. */
  readonly size: number;
  readonly packedSize: number;
  readonly crc: number;
  /** Offset of its local header, which precedes the data. */
  readonly header: number;
}
/** An entry with its data as stored in the archive. */
export interface ZipEntry extends ListedEntry {
  readonly packed: Uint8Array;
}

export const damaged = 'the archive is damaged or incomplete: fetch or save it again';

/** The entries of a zip archive (zip64 included); all offsets are checked against the archive's size. */
export function readDirectory(archive: Uint8Array, maxEntries: number): ZipEntry[] {
  const view = viewOf(archive);
  return listDirectory(view, findDirectory(view), maxEntries).map((entry) => {
    const start = startOfData(entry, view, entry.header, archive.length);
    return { ...entry, packed: archive.subarray(start, start + entry.packedSize) };
  });
}
export const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Where an entry's data begin, according to its local header at `at` in `view`. */
export function startOfData(
  { name, header, packedSize }: ListedEntry,
  view: DataView,
  at: number,
  size: number,
): number {
  const who = `zip entry "${name}"`;
  if (at + headerBytes > view.byteLength || view.getUint32(at, true) !== 0x04034b50)
    fail(who, 'does not lie where the directory says', damaged);
  const start = header + headerBytes + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packedSize > size) fail(who, 'reaches past the end of the archive', damaged);
  return start;
}
export const headerBytes = 30;

/** Where a directory begins, and how many entries it has. */
export interface DirectoryPlace {
  readonly count: number;
  readonly start: number;
}

/** The entries of a directory, which `view` holds: the archive from its byte `base` to its end. */
export function listDirectory(
  view: DataView,
  { count, start }: DirectoryPlace,
  maxEntries: number,
  base = 0,
): ListedEntry[] {
  if (count > maxEntries)
    fail(
      'zip archive',
      `holds ${count} files, more than ${maxEntries}`,
      'do not trust this file; if it is yours, save the model again',
    );
  const entries: ListedEntry[] = [];
  let at = start - base;
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== 0x02014b50)
      fail('zip archive', `has no entry ${i} where its directory should hold one`, damaged);
    const end = at + 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (end > view.byteLength) fail('zip archive', `ends within entry ${i} of its directory`, damaged);
    entries.push(readEntry(view, at));
    at = end;
  }
  return entries;
}

/**
 * The most bytes at the end of an archive that locate its directory: the records of both kinds, and the longest
 * comment.
 */
export const endBytes = 22 + 20 + 56 + 0xffff;

/** Finds the directory from the end of the archive; `view` begins at byte `base` of it. */
export function findDirectory(view: DataView, base = 0): DirectoryPlace {
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
  const end64 = number64(view, at - 12) - base;
  if (end64 < 0 || end64 + 56 > view.byteLength || view.getUint32(end64, true) !== 0x06064b50)
    fail('zip archive', 'has no zip64 end record where it names one', damaged);
  return { count: number64(view, end64 + 32), start: number64(view, end64 + 48) };
}

function readEntry(view: DataView, at: number): ListedEntry {
  const length = view.getUint16(at + 28, true);
  const nameEnd = at + 46 + length;
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, length));
  const who = `zip entry "${name}"`;
  if (view.getUint16(at + 8, true) & 1) fail(who, 'is encrypted', 'save the archive without a password');
  let size = view.getUint32(at + 24, true);
  let packedSize = view.getUint32(at + 20, true);
  let local = view.getUint32(at + 42, true);
  // Values that exceed 32 bits are in the zip64 extra field, in this order.
  let wide = findZip64(view, nameEnd, view.getUint16(at + 30, true));
  const widen = (value: number): number => {
    if (value !== 0xffffffff || wide === undefined) return value;
    wide += 8;
    return wide <= view.byteLength ? number64(view, wide - 8) : fail(who, 'has a zip64 field that is cut off', damaged);
  };
  size = widen(size);
  packedSize = widen(packedSize);
  local = widen(local);
  return {
    name,
    method: view.getUint16(at + 10, true),
    size,
    packedSize,
    crc: view.getUint32(at + 16, true),
    header: local,
  };
}

function findZip64(view: DataView, from: number, length: number): number | undefined {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true))
    if (view.getUint16(at, true) === 1) return at + 4;
  return undefined;
}

const number64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
