import { print } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { part } from '../base/part.ts';
import { download } from '../formats/download.ts';
import { type ArchiveFormat, extract } from '../formats/extract.ts';
import { readFile, storedFiles, writeFileAtomic } from '../formats/file.ts';
import { hasFiles, type NodeModules, nodeModules } from '../formats/node-modules.ts';
import { Progbar } from '../training/progbar.ts';

/** Options of `getFile`. */
export interface GetFileOptions {
  /** The address: `https:`, `http:` or `file:`. */
  readonly origin: string | URL;
  /**
   * The file's name in the cache, without a path; by default the last part of the address. For an extracted archive,
   * the name of its folder.
   */
  readonly fname?: string | null | undefined;
  /** Keras's older name of `extract` for tar archives. */
  readonly untar?: boolean | undefined;
  /** Keras's older form of `fileHash` with `hashAlgorithm: 'md5'`. */
  readonly md5Hash?: string | null | undefined;
  /** The expected hash of the file, in hexadecimal; a cached file with a different hash is downloaded again. */
  readonly fileHash?: string | null | undefined;
  /** Folder in the cache, or an absolute path. Default: `'datasets'`. */
  readonly cacheSubdir?: string | undefined;
  /** The algorithm of `fileHash`. The default, `'auto'`, goes by its length: 64 digits are sha256, 32 are md5. */
  readonly hashAlgorithm?: 'auto' | 'sha256' | 'md5' | undefined;
  /** Whether to unpack the file into a folder: zip, tar, tar.gz, tar.bz2. */
  readonly extract?: boolean | undefined;
  /** Which kinds of archives to extract; `'auto'` means both. */
  readonly archiveFormat?: 'auto' | ArchiveFormat | readonly ArchiveFormat[] | null | undefined;
  /** The cache. Default: the environment's `KERAS_HOME`, else `~/.keras`, which Keras uses too; in pages `indexeddb://keras`. */
  readonly cacheDir?: string | null | undefined;
  /** Whether to download even if the file is cached. */
  readonly forceDownload?: boolean | undefined;
}
const getFileOptions: OptionNames<GetFileOptions> = {
  origin: true,
  fname: true,
  untar: true,
  md5Hash: true,
  fileHash: true,
  cacheSubdir: true,
  hashAlgorithm: true,
  extract: true,
  archiveFormat: true,
  cacheDir: true,
  forceDownload: true,
};

/**
 * Downloads a file unless it is cached, and returns its path, or the folder that it was extracted to. The file appears
 * once it is complete and its hash is right; an interrupted download is resumed, at once and by later calls. In pages
 * the browser stores the file (IndexedDB), and the result, `indexeddb://keras/datasets/…`, is accepted by every
 * function that reads files; archives are not extracted there.
 * @see https://keras.io/api/utils/python_utils/#getfile-function
 * @example
 * const path = await keras.utils.getFile({ origin: 'https://example.org/data/reviews.tar.gz', extract: true });
 */
export const getFile = exact('utils.getFile', 1, async function getFile(options: GetFileOptions): Promise<string> {
  const {
    origin,
    fname,
    untar = false,
    md5Hash,
    fileHash,
    cacheSubdir = 'datasets',
    hashAlgorithm = 'auto',
    archiveFormat = 'auto',
    cacheDir,
    forceDownload = false,
    ...rest
  } = optionsOf('getFile', getFileOptions, options);
  if (!origin) fail('getFile', 'there is no origin', 'give { origin }, the address of the file');
  const address = String(origin);
  const wanted: Wanted = {
    address,
    name: nameOf(address, fname),
    isNamed: Boolean(fname),
    hash: expectedHash(fileHash ?? md5Hash, fileHash ? hashAlgorithm : md5Hash ? 'md5' : hashAlgorithm),
    formats: untar || rest.extract ? formatsOf(untar ? 'tar' : archiveFormat) : undefined,
    subfolder: cacheSubdir,
    cache: cacheDir ?? undefined,
    isForced: forceDownload,
  };
  return hasFiles() ? inFolder(wanted) : inBrowser(wanted);
});

interface Wanted {
  readonly address: string;
  readonly name: string;
  /** Whether the caller chose the name. */
  readonly isNamed: boolean;
  readonly hash: Hash | undefined;
  /** Which kinds of archives to extract; undefined for none. */
  readonly formats: readonly ArchiveFormat[] | undefined;
  readonly subfolder: string;
  readonly cache: string | undefined;
  readonly isForced: boolean;
}
interface Hash {
  readonly algorithm: 'sha256' | 'md5';
  readonly digits: string;
}

function nameOf(address: string, given: string | null | undefined): string {
  const name = given || lastPart(address);
  if (name === '')
    fail('getFile', `no name can be read from the address ${address}`, 'give { fname }, the name of the file');
  if (/[/\\]/.test(name) || name === '.' || name === '..')
    fail(
      'getFile',
      `the name ${show(name)} is a path`,
      'give a plain name; { cacheDir, cacheSubdir } say in which folder it is',
    );
  return name;
}
function lastPart(address: string): string {
  try {
    return new URL(address).pathname.split('/').at(-1)!;
  } catch {
    return fail('getFile', `${show(address)} is no address`, 'give one that begins with https:, http: or file:');
  }
}

const lengths: readonly (readonly [Hash['algorithm'], number])[] = [
  ['sha256', 64],
  ['md5', 32],
];
function expectedHash(hash: string | null | undefined, algorithm: string): Hash | undefined {
  if (algorithm !== 'auto' && !lengths.some(([name]) => name === algorithm))
    fail('getFile', `the hash algorithm ${show(algorithm)} is not known`, 'use "auto", "sha256" or "md5"');
  if (hash === null || hash === undefined) return undefined;
  const digits = String(hash).toLowerCase();
  const [found] =
    lengths.find(([name, n]) => n === digits.length && (algorithm === 'auto' || algorithm === name)) ?? [];
  if (!found || !/^[0-9a-f]*$/.test(digits))
    return fail('getFile', `${show(hash)} is no hash`, 'give 64 hexadecimal digits for sha256, or 32 for md5');
  return { algorithm: found, digits };
}

function formatsOf(given: GetFileOptions['archiveFormat']): readonly ArchiveFormat[] {
  const formats = given === 'auto' ? ['tar', 'zip'] : given === null ? [] : [given].flat();
  for (const format of formats)
    if (format !== 'tar' && format !== 'zip')
      fail('getFile', `the archive format ${show(format)} is not known`, 'use "auto", "tar" or "zip"');
  return formats as ArchiveFormat[];
}

async function inFolder(wanted: Wanted): Promise<string> {
  const node = nodeModules('getFile', 'fetch the file');
  const { name, isNamed, formats, subfolder } = wanted;
  const folder = node.path.resolve(await cacheFolder(wanted.cache, node), subfolder);
  await node.fs.mkdir(folder, { recursive: true });
  const at = (file: string): string => node.path.join(folder, file);
  if (!formats) {
    await provide(wanted, at(name), node);
    return at(name);
  }
  // The paths of the archive and its folder, as in Keras: a name with a dot is the archive's, one without is the
  // folder's.
  const isFile = isNamed && name.includes('.');
  const archive = at(isFile ? name : `${name}_archive`);
  const target = at(isFile ? `${name.slice(0, name.indexOf('.'))}_extracted` : name);
  await provide(wanted, archive, node);
  await extract(`getFile ${wanted.address}`, archive, target, formats);
  return target;
}

/** The cache folder, created if missing. */
async function cacheFolder(given: string | undefined, { fs, path, os }: NodeModules): Promise<string> {
  const expanded = given?.replace(/^~(?=$|[\\/])/, os.homedir());
  const home = expanded ?? process.env['KERAS_HOME'] ?? path.join(os.homedir(), '.keras');
  try {
    await fs.mkdir(home, { recursive: true });
    await fs.access(home, fs.constants.W_OK);
    return home;
  } catch (error) {
    // As Keras does, unless a cache was chosen.
    if (expanded === undefined) return path.join(os.tmpdir(), '.keras');
    return fail(
      'getFile',
      `the cache ${home} cannot be written to: ${(error as Error).message}`,
      'check its permissions, or name another cacheDir',
    );
  }
}

/** Running downloads: callers that want the same file share one. */
const running = new Map<string, Promise<void>>();

/** Downloads the file unless a valid one is at the target. */
async function provide(wanted: Wanted, target: string, node: NodeModules): Promise<void> {
  const others = running.get(target);
  if (others) await others.catch(() => undefined);
  const run = provideAlone(wanted, target, node).finally(() => running.delete(target));
  running.set(target, run);
  return run;
}
async function provideAlone({ address, hash, isForced }: Wanted, target: string, node: NodeModules): Promise<void> {
  if (!isForced && (await isThere(target, node))) {
    if (!hash || (await hashOfFile(target, hash)) === hash.digits) return;
    print(
      `A local file was found, but it seems to be incomplete or outdated because the ${hash.algorithm} file hash does not match the original value of ${hash.digits} so we will re-download the data.`,
    );
  }
  print(`Downloading data from ${address}`);
  const progress = new Progress();
  await download(address, target, {
    who: 'getFile',
    onProgress: (done, total) => progress.update(done, total),
    check: async (path) => {
      if (hash) checkHash(address, hash, await hashOfFile(path, hash), target);
    },
  });
}
const isThere = (path: string, { fs }: NodeModules): Promise<boolean> =>
  fs.access(path).then(
    () => true,
    () => false,
  );

/** The progress bar of a download, in bytes. */
class Progress {
  private bar: Progbar | undefined;
  update(done: number, total: number | undefined): void {
    this.bar ??= new Progbar({ target: total ?? null, unitName: 'byte' });
    this.bar.update(done, {}, total === undefined ? { finalize: false } : {});
  }
}

async function hashOfFile(path: string, { algorithm }: Hash): Promise<string> {
  const { createReadStream } = process.getBuiltinModule('node:fs');
  const hasher = process.getBuiltinModule('node:crypto').createHash(algorithm);
  for await (const chunk of createReadStream(path)) hasher.update(chunk as Uint8Array);
  return hasher.digest('hex');
}
function checkHash(address: string, { algorithm, digits }: Hash, found: string, target: string): void {
  if (found !== digits)
    fail(
      'getFile',
      `${address} is incomplete or corrupted: its ${algorithm} hash is ${found}, not ${digits}`,
      `check the address and fileHash, or put the right file at ${target} by hand`,
    );
}

/** In a page: downloaded completely, then stored by the browser. */
async function inBrowser({
  address,
  name,
  hash,
  formats,
  subfolder,
  cache = 'indexeddb://keras',
  isForced,
}: Wanted): Promise<string> {
  if (formats)
    fail(
      'getFile',
      'archives are extracted where there are folders, and a page has none',
      'serve the files themselves',
    );
  if (!cache.startsWith('indexeddb://'))
    fail(
      'getFile',
      `the cache ${show(cache)} is no place for files in a page`,
      'give one that begins with indexeddb://',
    );
  const place = `${cache}/${subfolder}/${name}`;
  if (!isForced && (await storedFiles()).includes(place))
    if (!hash || (await hashOfBytes(await readFile(place), hash)) === hash.digits) return place;
  print(`Downloading data from ${address}`);
  const bytes = await readFile(address);
  if (hash) checkHash(address, hash, await hashOfBytes(bytes, hash), place);
  await writeFileAtomic(place, bytes);
  return place;
}
async function hashOfBytes(bytes: Uint8Array, { algorithm }: Hash): Promise<string> {
  if (algorithm === 'md5') return hex((await part('md5', () => import('@noble/hashes/legacy.js'))).md5(bytes));
  if (globalThis.crypto?.subtle === undefined)
    fail('getFile', 'this page cannot compute sha256 hashes', 'serve it over HTTPS, or give an md5 hash');
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)));
}
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
