import { fail } from '../base/errors.ts';
import { part } from '../base/part.ts';
import { type NodeModules, nodeModules } from './node-modules.ts';
import { checkRelativePath } from './relative-path.ts';
import { readTar, type TarEntry } from './tar.ts';
import { removeLeftovers, temporaryBeside } from './temporary-file.ts';
import { filesInZip } from './zip-file.ts';

export type ArchiveFormat = 'tar' | 'zip';

/** The compression of a file that may hold an archive. */
type Packing = 'zip' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'none';
const beginnings: readonly (readonly [Packing, readonly number[]])[] = [
  ['zip', [0x50, 0x4b]],
  ['gzip', [0x1f, 0x8b]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/**
 * Unpacks an archive (zip, tar, tar.gz or tar.bz2, told apart by its bytes) into a folder. A new folder appears once it
 * is complete. In an existing one, files of the archive's sizes are left alone, and every other file is replaced as a
 * whole. A path or link that leads out of the folder is refused.
 */
export async function extract(
  who: string,
  archive: string,
  folder: string,
  formats: readonly ArchiveFormat[],
): Promise<void> {
  const node = nodeModules(who, 'unpack the archive, and serve what it holds');
  const packing = await packingOf(archive, node);
  const format = packing === 'zip' ? 'zip' : 'tar';
  if (!formats.includes(format))
    fail(who, `${archive} is no archive of the format ${formats.join(' or ') || 'none'}`, 'check archiveFormat');
  const into = async (target: string): Promise<void> => {
    const out = await Folder.open(who, target, node);
    if (format === 'zip') await unzip(archive, out, node);
    else await untar(who, archive, packing, out);
  };
  if (await exists(folder, node)) return into(folder);
  await removeLeftovers(folder, node);
  const temporary = temporaryBeside(folder, node);
  try {
    await into(temporary);
    await node.fs.rename(temporary, folder);
  } catch (error) {
    await node.fs.rm(temporary, { recursive: true, force: true });
    throw error;
  }
}
const exists = (path: string, { fs }: NodeModules): Promise<boolean> =>
  fs.lstat(path).then(
    () => true,
    () => false,
  );

async function packingOf(archive: string, { fs }: NodeModules): Promise<Packing> {
  const file = await fs.open(archive);
  try {
    const { buffer } = await file.read(new Uint8Array(8), 0, 8, 0);
    return beginnings.find(([, bytes]) => bytes.every((byte, i) => buffer[i] === byte))?.[0] ?? 'none';
  } finally {
    await file.close();
  }
}

/** The target folder, outside of which nothing is written. */
class Folder {
  readonly who: string;
  private readonly root: string;
  private readonly node: NodeModules;
  private constructor(who: string, root: string, node: NodeModules) {
    this.who = who;
    this.root = root;
    this.node = node;
  }
  static async open(who: string, root: string, node: NodeModules): Promise<Folder> {
    await node.fs.mkdir(root, { recursive: true });
    return new Folder(who, await node.fs.realpath(root), node);
  }

  /** The path of an entry, whose folder is created. */
  private async placeOf(name: string): Promise<string> {
    const { fs, path } = this.node;
    const parts = partsOf(name);
    checkRelativePath(this.who, parts.join('/'));
    const folder = path.join(this.root, ...parts.slice(0, -1));
    await fs.mkdir(folder, { recursive: true });
    this.checkInside(name, await fs.realpath(folder));
    return path.join(folder, parts.at(-1)!);
  }
  private checkInside(name: string, place: string): void {
    const { path } = this.node;
    if (place !== this.root && !place.startsWith(this.root + path.sep))
      fail(this.who, `holds ${JSON.stringify(name)}, which leads out of its folder`, 'do not trust this file');
  }
  async makeFolder(name: string): Promise<void> {
    if (partsOf(name).length === 0) return;
    await this.node.fs.mkdir(await this.placeOf(name), { recursive: true });
  }
  /** Writes a file, unless one of this size exists. */
  async write(name: string, size: number, body: AsyncIterable<Uint8Array>, mode = 0o644): Promise<void> {
    const { fs } = this.node;
    const place = await this.placeOf(name);
    const found = await fs.lstat(place).catch(() => undefined);
    if (found?.isFile() && found.size === size) return;
    const temporary = temporaryBeside(place, this.node);
    try {
      // The user who unpacks a file can always read it.
      const file = await fs.open(temporary, 'wx', (mode & 0o777) | 0o600);
      try {
        for await (const chunk of body) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
      await fs.rename(temporary, place);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw error;
    }
  }
  /**
   * Creates a link to something within the folder: `target` is relative to the link, or to the root for a hard link.
   */
  async link(name: string, target: string, isHard: boolean): Promise<void> {
    const { fs, path } = this.node;
    const place = await this.placeOf(name);
    const leads = path.resolve(isHard ? this.root : path.dirname(place), target);
    this.checkInside(name, await realpathAsFarAs(leads, this.node));
    await fs.rm(place, { force: true });
    if (isHard) await fs.link(leads, place);
    else await fs.symlink(target, place);
  }
}
const partsOf = (name: string): string[] => {
  const isAbsolute = name.startsWith('/');
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  // An absolute path keeps its empty first part, which gets it refused.
  return isAbsolute ? ['', ...parts] : parts;
};
/** The real path of something that may not exist yet: that of the existing part, followed by the rest. */
async function realpathAsFarAs(place: string, node: NodeModules): Promise<string> {
  const { fs, path } = node;
  const found = await fs.realpath(place).catch(() => undefined);
  if (found !== undefined || path.dirname(place) === place) return found ?? place;
  return path.join(await realpathAsFarAs(path.dirname(place), node), path.basename(place));
}

async function unzip(archive: string, out: Folder, node: NodeModules): Promise<void> {
  for await (const { name, size, body } of filesInZip(archive, node)) await out.write(name, size, body);
}

async function untar(who: string, archive: string, packing: Packing, out: Folder): Promise<void> {
  let count = 0;
  for await (const entry of readTar(who, await unpacked(who, archive, packing))) {
    await place(entry, out);
    count++;
  }
  if (count === 0) fail(who, `${archive} holds nothing`, 'the archive is damaged or incomplete: fetch it again');
}
async function place({ name, kind, target = '', size, body, mode }: TarEntry, out: Folder): Promise<void> {
  if (kind === 'file') await out.write(name, size, body, mode);
  else if (kind === 'folder') await out.makeFolder(name);
  else if (kind === 'other')
    fail(out.who, `holds ${JSON.stringify(name)}, a device or a pipe`, 'do not trust this file');
  else await out.link(name, target, kind === 'hardlink');
}

async function unpacked(who: string, archive: string, packing: Packing): Promise<ReadableStream<Uint8Array>> {
  const { createReadStream, promises } = process.getBuiltinModule('node:fs');
  const { Readable } = process.getBuiltinModule('node:stream');
  if (packing === 'xz' || packing === 'zstd')
    fail(who, `${archive} is packed by ${packing}`, 'unpack it by other means, or pack it as tar.gz, tar.bz2 or zip');
  if (packing === 'bzip2') {
    const { default: bzip } = await part('bzip2', () => import('seek-bzip'));
    return new Blob([bzip.decode(await promises.readFile(archive), undefined, true)]).stream();
  }
  const file = createReadStream(archive);
  if (packing === 'none') return Readable.toWeb(file) as ReadableStream<Uint8Array>;
  const gunzip = process.getBuiltinModule('node:zlib').createGunzip();
  // Pass read errors on to the stream that is consumed.
  file.on('error', (error) => gunzip.destroy(error));
  return Readable.toWeb(file.pipe(gunzip)) as ReadableStream<Uint8Array>;
}
