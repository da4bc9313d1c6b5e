import { crc32 } from './crc32.ts';
import type { NodeModules } from './node-modules.ts';

const day = 24 * 60 * 60 * 1000;
const hash = (text: string): string => crc32(new TextEncoder().encode(text)).toString(36);

/**
 * What temporary files for a target are called, up to the process that writes them: short, since the target's own name
 * may be as long as names can be.
 */
const prefixFor = (target: string, { path, os }: NodeModules): string =>
  `.hornbeam-${hash(path.basename(target))}-${hash(os.hostname())}-`;

/** A new name, in the folder of a target, for what is going to be renamed to it. */
export const temporaryBeside = (target: string, node: NodeModules): string =>
  node.path.join(
    node.path.dirname(target),
    `${prefixFor(target, node)}${process.pid}-${Math.random().toString(36).slice(2, 10)}.tmp`,
  );

/** Removes temporary files for a target that nobody writes any more: their process was killed. */
export async function removeLeftovers(target: string, node: NodeModules): Promise<void> {
  const { fs, path } = node;
  const folder = path.dirname(target);
  const prefix = prefixFor(target, node);
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const file = path.join(folder, name);
    const found = await fs.stat(file).catch(() => undefined);
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (found && isLeft(pid, found.mtimeMs)) await fs.rm(file, { force: true }).catch(() => undefined);
  }
}

function isLeft(pid: number, written: number): boolean {
  const now = Date.now();
  // Numbers of processes come again: what is older than this process was written by another of its number.
  if (pid === process.pid) return written < now - process.uptime() * 1000 - 1000;
  try {
    process.kill(pid, 0);
    return written < now - day;
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH' || written < now - day;
  }
}
