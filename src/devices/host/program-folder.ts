import { fail } from '../../base/errors.ts';

/** A program's numbers and names as JSON, and its code and constants as bytes. */
export interface Packed {
  readonly json: string;
  readonly blocks: readonly Uint8Array[];
}

/** Bytes of all files together, at most. */
const mostBytes = 512 * 2 ** 20;
/** What a file of ours begins with. */
const mark = 'HORNBEAM';
const hashBytes = 32;
const head = mark.length + hashBytes;
const ours = /^[0-9a-f]{64}\.program$/;
/** A file that is being written, and the milliseconds after which nobody can be writing it any more. */
const unfinished = /^[0-9a-f]{64}\.[0-9]+\.part$/;
const patience = 3_600_000;

/**
 * Programs in a folder, a file each: named by the hash of what they were made from, and with a hash of their own in
 * front. A file that is damaged, of another program or of somebody else's is as good as none.
 *
 * What stands there is run, so nobody else may be able to write there.
 */
export class ProgramFolder {
  /** As it was named. */
  declare readonly path: string;
  declare private readonly folder: string;
  declare private readonly mostBytes: number;
  private readonly fs = process.getBuiltinModule('node:fs');
  private readonly join = process.getBuiltinModule('node:path').join;
  /** Bytes of all files, once they were counted. */
  private bytes: number | undefined;
  private isSaid = false;

  constructor(path: string, most = mostBytes) {
    this.path = path;
    this.mostBytes = most;
    this.folder = folderOf(path);
  }

  /** What was written under this key; undefined if there is nothing, or nothing whole. */
  read(key: string): Packed | undefined {
    const name = hashOf(key).toString('hex');
    const bytes = this.bytesOf(this.fileOf(name));
    if (bytes === undefined || bytes.length < head || bytes.toString('latin1', 0, mark.length) !== mark)
      return undefined;
    const content = bytes.subarray(head);
    if (!hashOf(content).equals(bytes.subarray(mark.length, head))) return undefined;
    try {
      return parse(content, name);
    } catch {
      return undefined;
    }
  }

  /** Keeps it; where that cannot be, says so once. A process that reads meanwhile sees all of it or nothing. */
  write(key: string, packed: Packed): void {
    const { fs } = this;
    const name = hashOf(key).toString('hex');
    const content = serialized(packed, name);
    if (head + content.length > this.mostBytes / 4) return;
    const part = this.join(this.folder, `${name}.${process.pid}.part`);
    try {
      fs.rmSync(part, { force: true });
      fs.writeFileSync(part, Buffer.concat([Buffer.from(mark, 'latin1'), hashOf(content), content]), {
        flag: 'wx',
        mode: 0o600,
      });
      fs.renameSync(part, this.fileOf(name));
      this.bytes = (this.bytes ?? this.count()) + head + content.length;
      if (this.bytes > this.mostBytes) this.bytes = this.count(0.75 * this.mostBytes);
    } catch (error) {
      if (!this.isSaid) console.warn(`HORNBEAM_CACHE: programs are not kept (${(error as Error).message}).`);
      this.isSaid = true;
      fs.rmSync(part, { force: true });
    }
  }

  private fileOf(name: string): string {
    return this.join(this.folder, `${name}.program`);
  }

  /** The bytes of a file that is ours alone to write. */
  private bytesOf(path: string): Buffer | undefined {
    const { fs } = this;
    let file: number | undefined;
    try {
      file = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NOFOLLOW ?? 0));
      const about = fs.fstatSync(file);
      if (!about.isFile() || problemOf(about) !== undefined || about.size > this.mostBytes) return undefined;
      // The files that were used last stay longest; an hour is exact enough.
      const now = Date.now();
      if (now - about.mtimeMs > patience) fs.futimesSync(file, now / 1000, now / 1000);
      return fs.readFileSync(file);
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) fs.closeSync(file);
    }
  }

  /** Bytes of the files, once the oldest beyond `most` are deleted. */
  private count(most = Infinity): number {
    const { fs } = this;
    let sum = 0;
    const files = fs.readdirSync(this.folder).flatMap((name) => {
      const isPart = unfinished.test(name);
      if (!isPart && !ours.test(name)) return [];
      const path = this.join(this.folder, name);
      const about = fs.lstatSync(path, { throwIfNoEntry: false });
      if (!about?.isFile()) return [];
      if (isPart) {
        if (Date.now() - about.mtimeMs > patience) fs.rmSync(path, { force: true });
        return [];
      }
      sum += about.size;
      return [{ path, bytes: about.size, time: about.mtimeMs }];
    });
    files.sort((a, b) => a.time - b.time);
    for (const { path, bytes } of files) {
      if (sum <= most) break;
      fs.rmSync(path, { force: true });
      sum -= bytes;
    }
    return sum;
  }
}

const hashOf = (x: string | Uint8Array): Buffer =>
  process.getBuiltinModule('node:crypto').createHash('sha256').update(x).digest();

/** The name, the lengths of what follows, the JSON, and the blocks, each at a multiple of 8. */
function serialized({ json, blocks }: Packed, name: string): Buffer {
  const text = Buffer.from(json);
  const lengths = JSON.stringify([name, text.length, ...blocks.map((block) => block.length)]);
  const first = Buffer.from(`${lengths}\n`);
  const parts = [first, text, ...blocks].flatMap((part) => [part, new Uint8Array(-part.length & 7)]);
  return Buffer.concat(parts);
}

function parse(content: Buffer, wanted: string): Packed | undefined {
  const end = content.indexOf('\n');
  const [name, ...lengths] = JSON.parse(content.toString('utf8', 0, end)) as [string, ...number[]];
  if (name !== wanted) return undefined;
  let at = Math.ceil((end + 1) / 8) * 8;
  const [text, ...blocks] = lengths.map((length) => {
    const part = content.subarray(at, at + length);
    at += Math.ceil(length / 8) * 8;
    return part;
  });
  // Copies, aligned as typed arrays want it.
  return { json: text.toString('utf8'), blocks: blocks.map((block) => new Uint8Array(block)) };
}

interface About {
  readonly uid: number;
  readonly mode: number;
}
/** Why what stands there may not be run: somebody else could have written it. Where there are no users, nothing is asked. */
function problemOf({ uid, mode }: About): string | undefined {
  const own = process.getuid?.();
  if (own === undefined) return undefined;
  if (uid !== own) return `belongs to user ${uid}, not to ${own} who runs this`;
  return mode & 0o022 ? 'can be written by others' : undefined;
}

/** The folder without links, made if it is not there; refused if anybody else can write to it or replace it. */
function folderOf(path: string): string {
  const fs = process.getBuiltinModule('node:fs');
  const { dirname } = process.getBuiltinModule('node:path');
  const refuse = (problem: string, fix: string): never =>
    fail('HORNBEAM_CACHE', problem, `${fix}, or unset HORNBEAM_CACHE`);
  let folder: string;
  try {
    fs.mkdirSync(path, { recursive: true, mode: 0o700 });
    folder = fs.realpathSync(path);
  } catch (error) {
    return refuse(`"${path}" cannot be a folder: ${(error as Error).message}`, 'name a folder of your own');
  }
  const problem = problemOf(fs.statSync(folder));
  if (problem !== undefined)
    refuse(`"${path}" ${problem}, and what stands there is run`, `name a folder of your own (chmod go-w "${path}")`);
  const own = process.getuid?.();
  if (own === undefined) return folder;
  for (let at = dirname(folder); ; at = dirname(at)) {
    const { uid, mode } = fs.statSync(at);
    // In a folder with the sticky bit, as /tmp, only owners rename what is theirs.
    const isOpen = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
    if (isOpen || (uid !== own && uid !== 0))
      refuse(`"${at}", in which "${path}" stands, can be written by others`, 'name a folder that only you can replace');
    if (at === dirname(at)) return folder;
  }
}
