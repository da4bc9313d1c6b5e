import { nodeModules } from '../formats/node-modules.ts';
import { EventFile } from './event-lines.ts';
import type { StudioLine } from './protocol.ts';
import { runFileName } from './run-file.ts';
import { shownInFull, Thinning } from './thinning.ts';

const mostFiles = 1000;

/** A file of a run, and how far it was read. */
interface Followed {
  readonly path: string;
  readonly name: string;
  /** Bytes taken of a file of lines. */
  taken: number;
  size: number;
  readonly thinning: Thinning;
  readonly events: EventFile;
}

/** The runs in a folder: those of the callback `Studio`, and what was written for TensorBoard. Read on as they grow. */
export class RunFolder {
  readonly #folder: string;
  readonly #files = new Map<string, Followed>();

  constructor(folder: string) {
    this.#folder = folder;
  }
  /** What came since it was last asked for. */
  async read(tell: (lines: readonly StudioLine[]) => void): Promise<void> {
    const { fs, path } = nodeModules(`folder ${this.#folder}`, 'open it in Node');
    for (const file of await this.#find('', 0)) {
      const known = this.#files.get(file);
      const at = path.join(this.#folder, file);
      const { size } = await fs.stat(at);
      // A file that got shorter was begun anew.
      const followed =
        known && size >= known.size ? known : begun(at, nameOf(file, path.basename(path.resolve(this.#folder))));
      this.#files.set(file, followed);
      if (size === followed.size) continue;
      followed.size = size;
      if (file.endsWith('.jsonl')) await readLines(followed, tell);
      else await followed.events.read(tell);
    }
  }
  /** Files of runs, folders within folders included. */
  async #find(prefix: string, depth: number): Promise<string[]> {
    const { fs, path } = nodeModules('folder', 'open it in Node');
    const found: string[] = [];
    const entries = await fs.readdir(path.join(this.#folder, prefix), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const name = prefix + entry.name;
      if (entry.isDirectory() && depth < 6 && entry.name !== 'node_modules')
        found.push(...(await this.#find(`${name}/`, depth + 1)));
      else if (entry.isFile() && (entry.name === runFileName || /tfevents/.test(entry.name))) found.push(name);
      if (found.length >= mostFiles) break;
    }
    return found;
  }
}

const begun = (path: string, name: string): Followed => ({
  path,
  name,
  taken: 0,
  size: -1,
  thinning: new Thinning(),
  events: new EventFile(path, name),
});
const nameOf = (file: string, folder: string): string => file.split('/').slice(0, -1).join('/') || folder;

/** Takes whole lines from where reading ended; what is no line of ours is passed over, as the end of a run that was killed. */
async function readLines(file: Followed, tell: (lines: readonly StudioLine[]) => void): Promise<void> {
  const { createReadStream } = process.getBuiltinModule('node:fs');
  const stream = createReadStream(file.path, { start: file.taken });
  let rest: Buffer = Buffer.alloc(0);
  for await (const part of stream as AsyncIterable<Buffer>) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, part]) : part;
    const end = bytes.lastIndexOf(10) + 1;
    rest = bytes.subarray(end);
    file.taken += end;
    const lines: StudioLine[] = [];
    for (const text of bytes.subarray(0, end).toString('utf8').split('\n')) {
      const line = parsed(text);
      if (!line) continue;
      if (!file.thinning.keeps(...thinned(line))) continue;
      lines.push(line.kind === 'model' ? line : { ...line, run: file.name });
    }
    if (lines.length > 0) tell(lines);
    // A line of this length is none of ours.
    if (rest.length > 1 << 26) return;
  }
}
/** What a line is one of many of, and how many of these are shown in full. */
function thinned(line: StudioLine): [name: string, most: number] {
  if (line.kind === 'scalars' && line.of === 'batch') return ['batches', shownInFull.numbers];
  if (line.kind === 'histograms') return [`histograms ${line.of}`, shownInFull.histograms];
  if (line.kind === 'note') return [`note ${line.tag}`, line.image ? shownInFull.pictures : shownInFull.texts];
  return ['', Number.POSITIVE_INFINITY];
}
const kinds = new Set(['model', 'weight', 'run', 'scalars', 'histograms', 'note', 'state', 'step']);
function parsed(text: string): StudioLine | undefined {
  if (text.trim() === '') return undefined;
  try {
    const line = JSON.parse(text) as StudioLine;
    return typeof line === 'object' && line !== null && kinds.has(line.kind) ? line : undefined;
  } catch {
    return undefined;
  }
}
