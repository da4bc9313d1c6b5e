import { fail, HornbeamError } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { isBrowserPlace } from './browser-places.ts';
import { hasFiles, type NodeModules, nodeModules } from './node-modules.ts';
import { checkRelativePath } from './relative-path.ts';
import { removeLeftovers, temporaryBeside } from './temporary-file.ts';

/**
 * Where a file is: a path (in Node), or a URL; `file:` URLs are paths. In a browser what is no URL is read relative to the
 * page (or worker); `indexeddb://name` is kept by the browser, `downloads://name` is offered to the user.
 */
export type Place = string | URL;
/** A file: its place, its bytes, or a file that the user picked. */
export type FileSource = Place | Uint8Array | ArrayBuffer | Blob;

const readInstead = 'fetch the file or let the user pick it, and pass it (a File, Blob or Uint8Array)';
const writeInstead = 'write to "indexeddb://name", which the browser keeps, or to "downloads://name"';

/** The path of a place in Node. */
export const pathOf = (place: Place, { url }: NodeModules): string =>
  typeof place === 'string' && !place.startsWith('file:') ? place : url.fileURLToPath(place);

/** Storage in a browser, loaded when a place needs it. */
const inBrowser = () => import('./browser-files.ts');

/** The names, `indexeddb://` included, under which this page's origin keeps files. */
export const storedFiles = exact(
  'saving.storedFiles',
  0,
  async (): Promise<string[]> => (await inBrowser()).storedFiles(),
);

/** The bytes of a file, whatever the source. */
export async function bytesOf(source: FileSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  return readFile(source);
}

/** The bytes of a file: from a path or `file:` URL in Node, from the browser's database, from any other URL by `fetch`. */
export async function readFile(place: Place): Promise<Uint8Array> {
  const who = `file ${place}`;
  if (isBrowserPlace(place)) return (await inBrowser()).readStored(String(place));
  if (!hasFiles() || /^(https?|blob|data):/.test(String(place))) return fetchBytes(who, place);
  const node = nodeModules(who, readInstead);
  try {
    const path = pathOf(place, node);
    // Reading a device may never end, a pipe may never begin.
    const found = await node.fs.stat(path);
    if (!found.isFile()) refuseSpecial(who, found.isDirectory());
    const buffer = await node.fs.readFile(path);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  } catch (error) {
    if (error instanceof HornbeamError) throw error;
    return fail(who, `cannot be read: ${(error as Error).message}`, 'check the path and the permissions');
  }
}

async function fetchBytes(who: string, place: Place): Promise<Uint8Array> {
  try {
    const response = await fetch(place);
    if (!response.ok) fail(who, `the server answered ${response.status}`, 'check the address');
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    // fetch's TypeErrors name neither the file nor a remedy.
    if (!(error instanceof TypeError)) throw error;
    return fail(who, `cannot be fetched: ${error.message}`, readInstead);
  }
}

/** Whether there is a file or folder at `place`; in a browser there are only those of its database. */
export async function fileExists(place: Place): Promise<boolean> {
  if (isBrowserPlace(place)) return (await storedFiles()).includes(String(place));
  if (!hasFiles()) return false;
  const node = nodeModules('file', readInstead);
  return node.fs.access(pathOf(place, node)).then(
    () => true,
    () => false,
  );
}
/** Removes a file, if it is there. */
export const removeFile = exact('saving.removeFile', 1, async function removeFile(place: Place): Promise<void> {
  if (isBrowserPlace(place)) return (await inBrowser()).removeStored(String(place));
  const node = nodeModules(`file ${place}`, writeInstead);
  await node.fs.rm(pathOf(place, node), { force: true });
});
/** Removes a folder if it exists and is empty. */
export async function removeEmptyFolder(place: Place): Promise<void> {
  if (isBrowserPlace(place)) return;
  const node = nodeModules(`folder ${place}`, writeInstead);
  await node.fs.rmdir(pathOf(place, node)).catch(() => undefined);
}
/** Creates the folder of a file if it is missing. */
export async function makeFolderOf(place: Place): Promise<void> {
  if (isBrowserPlace(place)) return;
  const node = nodeModules(`file ${place}`, writeInstead);
  await node.fs.mkdir(node.path.dirname(pathOf(place, node)), { recursive: true });
}
/** The names in the folder at `place`; undefined where there is none, as in a browser. */
export async function filesIn(place: Place): Promise<readonly string[] | undefined> {
  if (isBrowserPlace(place) || !hasFiles()) return undefined;
  const node = nodeModules('folder', readInstead);
  if (/^(https?|blob|data):/.test(String(place))) return undefined;
  return node.fs.readdir(pathOf(place, node)).catch(() => undefined);
}

/** Whether there is a folder at `place`; in a browser there is none. */
export const isFolder = async (place: Place): Promise<boolean> => (await filesIn(place)) !== undefined;

/** All files in a folder and its subfolders, by their paths in it, with `/` between the parts; at most 10,000. */
export async function readFolder(place: Place): Promise<Record<string, Uint8Array>> {
  const node = nodeModules(`folder ${place}`, readInstead);
  const root = pathOf(place, node);
  const files = Object.create(null) as Record<string, Uint8Array>;
  let count = 0;
  const visit = async (folder: string, prefix: string): Promise<void> => {
    const entries = await node.fs.readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (++count > 10_000) fail(`folder ${place}`, 'holds more than 10,000 files', 'name the folder of one model');
      const path = node.path.join(folder, entry.name);
      // Links are skipped, since they could lead anywhere, even in circles.
      if (entry.isDirectory()) await visit(path, `${prefix}${entry.name}/`);
      else if (entry.isFile()) files[prefix + entry.name] = await readFile(path);
    }
  };
  await visit(root, '');
  return files;
}

/**
 * Writes a file completely or not at all: to a new file beside it, which is flushed to disk and renamed. An existing
 * file stays untouched until then, and if anything fails. If the name is a link, its target is written. Temporary files
 * of earlier saves that were killed are removed. What is given in parts is never held as a whole.
 */
export async function writeFileAtomic(
  place: Place,
  bytes: Uint8Array | Iterable<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  if (!writing.isOn) return;
  const who = `file ${place}`;
  if (isBrowserPlace(place)) return (await inBrowser()).writeInBrowser(String(place), bytes);
  const node = nodeModules(who, writeInstead);
  const { fs } = node;
  let temporary: string | undefined;
  try {
    // Renaming onto a link would replace the link, not the file it leads to.
    const target = await linkedFile(pathOf(place, node), node);
    const found = await fs.stat(target).catch(() => undefined);
    if (found && !found.isFile()) refuseSpecial(who, found.isDirectory());
    await removeLeftovers(target, node);
    temporary = temporaryBeside(target, node);
    const file = await fs.open(temporary, 'wx', found ? found.mode & 0o777 : 0o666);
    try {
      // Each part goes where the one before it ended.
      for (const part of bytes instanceof Uint8Array ? [bytes] : bytes) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, target);
  } catch (error) {
    if (temporary !== undefined) await fs.rm(temporary, { force: true }).catch(() => {});
    if (error instanceof HornbeamError) throw error;
    fail(who, `cannot be written: ${(error as Error).message}`, 'check that the folder exists and may be written to');
  }
}

const refuseSpecial = (who: string, isFolder: boolean): never =>
  fail(
    who,
    isFolder ? 'cannot be used: it is a folder' : 'cannot be used: it is a device, a pipe or a socket, no file',
    isFolder ? 'name a file in it' : 'name a file, or read the bytes yourself and pass them',
  );

/** The file to which a path leads through links, whether or not it exists. */
async function linkedFile(path: string, { fs, path: paths }: NodeModules): Promise<string> {
  let at = paths.resolve(path);
  // As many links as Linux follows.
  for (let links = 0; links < 40; links++) {
    const next = await fs.readlink(at).catch(() => undefined);
    if (next === undefined) return at;
    at = paths.resolve(paths.dirname(at), next);
  }
  throw new Error('ELOOP: too many links');
}

/** Whether this process writes files: when several train together, only one does. */
export const writing = { isOn: true };

/** Writes files into a folder, which is created if missing, in order, each completely or not at all. */
export async function writeFolder(place: Place, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const node = nodeModules(`folder ${place}`, writeInstead);
  const root = pathOf(place, node);
  for (const name of Object.keys(files)) checkRelativePath(`folder ${place}`, name);
  for (const [name, bytes] of Object.entries(files)) {
    const path = node.path.join(root, name);
    await node.fs.mkdir(node.path.dirname(path), { recursive: true });
    await writeFileAtomic(path, bytes);
  }
}
