import { fail } from '../base/errors.ts';
import { part } from '../base/part.ts';
import { crc32 } from './crc32.ts';
import { checkRelativePath } from './relative-path.ts';
import { type ListedEntry, readDirectory, type ZipEntry } from './zip-directory.ts';

export interface ReadZipOptions {
  /** Entries the archive may hold; 100,000 by default. */
  readonly maxEntries?: number;
  /** Bytes that all entries together may unpack to; 4 GiB by default. */
  readonly maxBytes?: number;
}

/** The files in a zip archive, each unpacked only when read. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** Bytes that a file declares to unpack to; undefined if there is none of this name. */
  sizeOf(name: string): number | undefined;
  /** A file of at most `maxBytes` bytes; undefined if there is none of this name. */
  read(name: string, maxBytes: number): Promise<Uint8Array | undefined>;
}

/**
 * Opens a zip archive. Names that lead out of it are refused at once, wrong sizes and damaged data when a file is read.
 * A file stored uncompressed (as Keras does) is a view of `archive`, not a copy.
 */
export function openZip(archive: Uint8Array, { maxEntries = 100_000 }: ReadZipOptions = {}): ZipArchive {
  const files = filesAmong(readDirectory(archive, maxEntries));
  return {
    names: [...files.keys()],
    sizeOf: (name) => files.get(name)?.size,
    read: async (name, maxBytes) => {
      const entry = files.get(name);
      if (entry && entry.size > maxBytes)
        fail(`zip entry "${name}"`, `unpacks to ${entry.size} bytes, more than ${maxBytes}`, 'do not trust this file');
      return entry && unpack(entry);
    },
  };
}

/** The entries that are files, by name; names that lead out of the archive or occur twice are refused. */
export function filesAmong<E extends ListedEntry>(entries: readonly E[]): ReadonlyMap<string, E> {
  const files = new Map<string, E>();
  for (const entry of entries) {
    const { name } = entry;
    checkRelativePath('zip archive', name.replace(/\/$/, ''));
    if (files.has(name)) fail('zip archive', `holds two files called "${name}"`, 'do not trust this file');
    if (!name.endsWith('/')) files.set(name, entry);
  }
  return files;
}

/** All files in a zip archive by their paths, folders left out: see `openZip`. */
export async function readZip(archive: Uint8Array, options: ReadZipOptions = {}): Promise<Record<string, Uint8Array>> {
  const { maxBytes = 2 ** 32 } = options;
  const zip = openZip(archive, options);
  const total = zip.names.reduce((sum, name) => sum + zip.sizeOf(name)!, 0);
  if (total > archive.length * expansion)
    fail('zip archive', `declares ${total} bytes, which ${archive.length} cannot unpack to`, damaged);
  if (total > maxBytes)
    fail(
      'zip archive',
      `unpacks to ${total} bytes, more than ${maxBytes}`,
      'do not trust this file; if it is yours, save the model again',
    );
  const files = Object.create(null) as Record<string, Uint8Array>;
  for (const name of zip.names) files[name] = (await zip.read(name, maxBytes))!;
  return files;
}

async function unpack({ name, method, packed, size, crc }: ZipEntry): Promise<Uint8Array> {
  let bytes = packed;
  if (method === 8) bytes = await inflate(name, packed, size);
  else if (method !== 0)
    fail(`zip entry "${name}"`, `is packed by method ${method}`, 'pack it deflated or uncompressed, as Keras does');
  if (bytes.length !== size) fail(`zip entry "${name}"`, `is not of the declared ${size} bytes`, damaged);
  if (crc32(bytes) !== crc) fail(`zip entry "${name}"`, 'does not match its checksum', damaged);
  return bytes;
}

// Deflate makes data at most 1032 times smaller.
const expansion = 1032;
const damaged = 'the archive is damaged or incomplete: fetch or save it again';

async function inflate(name: string, packed: Uint8Array, size: number): Promise<Uint8Array> {
  if (size > packed.length * expansion)
    fail(`zip entry "${name}"`, `declares ${size} bytes, which ${packed.length} cannot unpack to`, damaged);
  const { inflateSync } = await part('zip', () => import('fflate'));
  try {
    // One byte more than declared, so that an entry that is too long is detected.
    return inflateSync(packed, { out: new Uint8Array(size + 1) });
  } catch (error) {
    return fail(`zip entry "${name}"`, `cannot be unpacked: ${(error as Error).message}`, damaged);
  }
}

export interface WriteZipOptions {
  /** Whether to deflate the files; Keras stores them as they are, the default. */
  readonly compress?: boolean;
}

/** A zip archive of files by their paths, in their order, all dated 1980-01-01 as Keras's are: equal files, equal bytes. */
export async function writeZip(
  files: Readonly<Record<string, Uint8Array>>,
  { compress = false }: WriteZipOptions = {},
): Promise<Uint8Array> {
  const entries = Object.entries(files);
  for (const [name] of entries) checkRelativePath('zip archive', name);
  const total = entries.reduce((sum, [name, bytes]) => sum + bytes.length + 128 + 4 * name.length, 0);
  if (total >= 2 ** 32) fail('zip archive', 'would take 4 GiB or more', 'save the weights in shards of their own');
  const { zipSync } = await part('zip', () => import('fflate'));
  return zipSync(Object.fromEntries(entries), {
    level: compress ? 6 : 0,
    mtime: new Date(1980, 0, 1),
    os: 3,
    attrs: 0o600 * 2 ** 16,
  });
}
