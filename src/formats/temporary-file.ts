import { crc32 } from './crc32.ts';
import type { NodeModules } from './node-modules.ts';

const day = 24 * 60 * 60 * 1000;
/** A short hash of a text. */
export const hashOf = (text: string): string => crc32(new TextEncoder().encode(text)).toString(36);

/**
 * The beginning of the names of a target's temporary files, up to the process that writes them: short, since the
 * target's own name may already have the maximum length.
 */
const prefixFor = (target: string, { path, os }: NodeModules): string =>
  `.hornbeam-${hashOf(path.basename(target))}-${hashOf(os.hostname())}-`;
/** The process number of files that no process writes any more. */
const nobody = 0;
const nameFor = (target: string, node: NodeModules, pid: number, mark: string): string =>
  node.path.join(node.path.dirname(target), `${prefixFor(target, node)}${pid}-${mark}.tmp`);

/**
 * A new name, in the target's folder, for a file that will be renamed to the target; `mark` identifies its contents.
 */
export const temporaryBeside = (
  target: string,
  node: NodeModules,
  mark: string = Math.random().toString(36).slice(2, 10),
): string => nameFor(target, node, process.pid, mark);

/** A temporary file that no process writes any more. */
export interface Leftover {
  readonly path: string;
  readonly mark: string;
  /** In bytes. */
  readonly size: number;
}
/** A target's temporary files that no process writes any more: their process was killed, or left them behind. */
export async function leftovers(target: string, node: NodeModules): Promise<Leftover[]> {
  const { fs, path } = node;
  const folder = path.dirname(target);
  const prefix = prefixFor(target, node);
  const found: Leftover[] = [];
  for (const name of await fs.readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const file = path.join(folder, name);
    const stat = await fs.stat(file).catch(() => undefined);
    const [pid, mark] = name.slice(prefix.length, -'.tmp'.length).split('-') as [string, string?];
    if (stat && isLeft(Number.parseInt(pid, 10), stat.mtimeMs))
      found.push({ path: file, mark: mark ?? '', size: stat.size });
  }
  return found;
}
/** Removes a target's temporary files that no process writes any more. */
export async function removeLeftovers(target: string, node: NodeModules): Promise<void> {
  for (const { path } of await leftovers(target, node))
    await node.fs.rm(path, { force: true, recursive: true }).catch(() => undefined);
}
/**
 * Claims a leftover file so that no other process gets it. Returns its new path, or undefined if another process was
 * faster.
 */
export async function takeOver(left: Leftover, target: string, node: NodeModules): Promise<string | undefined> {
  const path = temporaryBeside(target, node, left.mark);
  return node.fs.rename(left.path, path).then(
    () => path,
    () => undefined,
  );
}
/** Leaves a temporary file for a later process to continue. */
export async function giveUp(temporary: string, target: string, mark: string, node: NodeModules): Promise<void> {
  await node.fs.rename(temporary, nameFor(target, node, nobody, mark)).catch(() => undefined);
}

function isLeft(pid: number, written: number): boolean {
  if (pid === nobody) return true;
  const now = Date.now();
  // Process numbers are reused: a file older than this process belongs to an earlier process of the same number.
  if (pid === process.pid) return written < now - process.uptime() * 1000 - 1000;
  try {
    process.kill(pid, 0);
    return written < now - day;
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH' || written < now - day;
  }
}
