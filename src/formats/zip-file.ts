import { fail, HornbeamError } from '../base/errors.ts';
import { crc32 } from './crc32.ts';
import type { NodeModules } from './node-modules.ts';
import { filesAmong } from './zip.ts';
import {
  damaged,
  endBytes,
  findDirectory,
  headerBytes,
  type ListedEntry,
  listDirectory,
  startOfData,
  viewOf,
} from './zip-directory.ts';

/** A file in an archive on disk, with its bytes as a stream. */
export interface PackedFile {
  readonly name: string;
  readonly size: number;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The files of a zip archive on disk, which may be larger than memory: only its directory is read at once. */
export async function* filesInZip(place: string, { fs }: NodeModules): AsyncGenerator<PackedFile> {
  const file = await fs.open(place);
  try {
    const { size: total } = await file.stat();
    const read = async (from: number, to: number): Promise<DataView> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(to - from), 0, to - from, from);
      return viewOf(buffer.subarray(0, bytesRead));
    };
    const base = Math.max(0, total - endBytes);
    const directory = findDirectory(await read(base, total), base);
    if (!(directory.start < total) || total - directory.start > 2 ** 30)
      fail('zip archive', 'has no directory where it names one', damaged);
    const entries = listDirectory(await read(directory.start, total), directory, 1e6, directory.start);
    for (const entry of filesAmong(entries).values()) {
      const header = await read(entry.header, Math.min(total, entry.header + headerBytes));
      const start = startOfData(entry, header, 0, total);
      yield { name: entry.name, size: entry.size, body: bodyOf(entry, place, start) };
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of an entry, checked as they are read: their number against the declared size, and their checksum at the
 * end.
 */
async function* bodyOf({ name, method, size, packedSize, crc }: ListedEntry, place: string, start: number) {
  const who = `zip entry "${name}"`;
  if (method !== 0 && method !== 8) fail(who, `is packed by method ${method}`, 'pack it deflated or uncompressed');
  const { createReadStream } = process.getBuiltinModule('node:fs');
  const packed = createReadStream(place, { start, end: Math.max(start, start + packedSize - 1) });
  const inflate = method === 8 ? process.getBuiltinModule('node:zlib').createInflateRaw() : undefined;
  // Pass read errors on to the stream that is consumed.
  if (inflate) packed.on('error', (error) => inflate.destroy(error));
  let [length, sum] = [0, 0];
  try {
    for await (const chunk of packedSize === 0 ? [] : inflate ? packed.pipe(inflate) : packed) {
      const bytes = chunk as Uint8Array;
      length += bytes.length;
      if (length > size) break;
      sum = crc32(bytes, sum);
      yield bytes;
    }
  } catch (error) {
    if (error instanceof HornbeamError) throw error;
    fail(who, `cannot be unpacked: ${(error as Error).message}`, damaged);
  } finally {
    packed.destroy();
  }
  if (length !== size) fail(who, `is not of the declared ${size} bytes`, damaged);
  if (sum !== crc) fail(who, 'does not match its checksum', damaged);
}
