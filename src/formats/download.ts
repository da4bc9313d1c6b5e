import { fail } from '../base/errors.ts';
import { type NodeModules, nodeModules } from './node-modules.ts';
import { giveUp, hashOf, leftovers, removeLeftovers, takeOver, temporaryBeside } from './temporary-file.ts';

export interface DownloadOptions {
  /** The function that errors name. */
  readonly who: string;
  /** Called with the number of bytes received, and the total if the server says it. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
  /** Checks the complete file before it is put in place; if it throws, the file is discarded. */
  readonly check?: (path: string) => Promise<void>;
}

/** A partially downloaded file. */
interface Part {
  path: string;
  /** Identifies the address and the version of the file on the server; undefined if the server names no version. */
  mark: string | undefined;
  size: number;
}

/** Consecutive fruitless attempts before a download is given up. */
const mostAttempts = 3;

/**
 * Downloads an address to a path, completely or not at all. If the connection breaks, the part received is kept beside
 * the path, and the next call resumes there, provided that the server tells whether the file is still the same. An
 * existing file stays until the new one is complete.
 */
export async function download(origin: string, target: string, options: DownloadOptions): Promise<void> {
  const node = nodeModules(options.who, 'fetch the file, and keep what it holds');
  const { fs } = node;
  if (/^file:/i.test(origin)) return copy(origin, target, options, node);
  for (let begun = await adopt(origin, target, node); ; begun = undefined) {
    const path = await complete(origin, target, begun, options, node);
    try {
      await options.check?.(path);
      return await fs.rename(path, target);
    } catch (error) {
      await fs.rm(path, { force: true });
      // If resuming produced a bad file, try once more from the start.
      if (!begun) throw error;
    }
  }
}

/** The connection failed; another attempt may succeed. */
class Broken extends Error {}

/** Receives until the file is complete; on giving up, the part received is left for the next call. */
async function complete(
  origin: string,
  target: string,
  begun: Part | undefined,
  options: DownloadOptions,
  node: NodeModules,
): Promise<string> {
  let part = begun;
  try {
    for (let failures = 0; ; ) {
      const before = part?.size ?? 0;
      try {
        return (await receive(origin, target, part, (now) => (part = now), options, node)).path;
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        failures = (part?.size ?? 0) > before ? 0 : failures + 1;
        if (failures >= mostAttempts) failFor(options.who, origin, target, error.message);
        await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** failures));
      }
    }
  } catch (error) {
    if (part?.mark !== undefined) await giveUp(part.path, target, part.mark, node);
    else if (part) await node.fs.rm(part.path, { force: true });
    throw error;
  }
}

/** Advice for when a file cannot be downloaded. */
const byHand = (origin: string, target: string): string =>
  `check the address and the connection, or bring the file here by other means: download ${origin} in a browser, and put it at ${target}`;
const failFor = (who: string, origin: string, target: string, problem: string): never =>
  fail(who, `${origin} cannot be downloaded: ${problem}`, byHand(origin, target));

/** The part left by an earlier download of the address. */
async function adopt(origin: string, target: string, node: NodeModules): Promise<Part | undefined> {
  const ours = hashOf(origin);
  const left = (await leftovers(target, node)).filter(({ mark, size }) => mark.startsWith(`${ours}_`) && size > 0);
  for (const each of left.sort((a, b) => b.size - a.size)) {
    const path = await takeOver(each, target, node);
    if (path !== undefined) return { path, mark: each.mark, size: each.size };
  }
  await removeLeftovers(target, node);
  return undefined;
}

/** Receives the missing rest of a file, or all of it. */
async function receive(
  origin: string,
  target: string,
  part: Part | undefined,
  begin: (part: Part) => void,
  { who, onProgress }: DownloadOptions,
  node: NodeModules,
): Promise<Part> {
  const { fs } = node;
  let from = part?.mark === undefined ? 0 : part.size;
  let response = await ask(origin, from);
  // If the file has changed, is complete, or is shorter, download all of it.
  const goesOn = response.status === 206 && markOf(origin, response) === part?.mark && startOf(response) === from;
  if (from > 0 && !goesOn) {
    if (!response.ok || response.status === 206) {
      await response.body?.cancel();
      response = await ask(origin, 0);
    }
    from = 0;
  }
  if (!response.ok) {
    await response.body?.cancel();
    failFor(who, origin, target, `the server answered ${response.status} ${response.statusText}`.trim());
  }
  const mark = markOf(origin, response);
  const now = { path: part?.path ?? temporaryBeside(target, node, mark), mark, size: from };
  if (part && part.mark !== mark) {
    await fs.rm(part.path, { force: true });
    now.path = temporaryBeside(target, node, mark);
  }
  begin(now);
  const total = totalOf(response, from);
  const file = await fs.open(now.path, from > 0 ? 'a' : 'w');
  try {
    onProgress?.(now.size, total);
    for await (const chunk of bodyOf(response)) {
      await file.writeFile(chunk);
      now.size += chunk.length;
      onProgress?.(now.size, total);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (total !== undefined && now.size !== total) throw new Broken(`it ended after ${now.size} of ${total} bytes`);
  return now;
}

async function ask(origin: string, from: number): Promise<Response> {
  try {
    // Compressed transfers could be neither counted nor resumed.
    const headers = { 'Accept-Encoding': 'identity', ...(from > 0 && { Range: `bytes=${from}-` }) };
    return await fetch(origin, { headers });
  } catch (error) {
    throw new Broken(reasonOf(error));
  }
}
async function* bodyOf(response: Response): AsyncIterable<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new Broken(reasonOf(error));
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
/** The reason that `fetch` hides in the causes of its error. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { readonly cause?: Error & { readonly code?: string } };
  return cause?.message || cause?.code || message;
}

/** Identifies the version of a file on its server. Weak tags do not guarantee identical bytes. */
function markOf(origin: string, { headers }: Response): string | undefined {
  const tag = headers.get('etag');
  const state = tag !== null && !tag.startsWith('W/') ? tag : headers.get('last-modified');
  return state === null ? undefined : `${hashOf(origin)}_${hashOf(state)}`;
}
const startOf = ({ headers }: Response): number =>
  Number(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
function totalOf({ headers }: Response, from: number): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') ? undefined : from + Number(length);
}

async function copy(origin: string, target: string, options: DownloadOptions, node: NodeModules): Promise<void> {
  const { fs, url } = node;
  const path = temporaryBeside(target, node);
  try {
    await fs.copyFile(url.fileURLToPath(origin), path);
    await options.check?.(path);
    await fs.rename(path, target);
  } catch (error) {
    await fs.rm(path, { force: true });
    if ((error as { code?: string }).code === 'ENOENT') failFor(options.who, origin, target, 'there is no such file');
    throw error;
  }
}
