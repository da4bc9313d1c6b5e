import { fail } from '../base/errors.ts';
import { fileExists, readFile, writeFileAtomic } from '../formats/file.ts';
import { nodeModules } from '../formats/node-modules.ts';
import type { HyperValues } from './hyper-parameters.ts';
import type { Standing } from './plan.ts';

/** A trial of a search, as its folder holds it (`trial.json`). */
export interface Trial {
  /** Its number, from 0. */
  readonly number: number;
  /** Where its files are: the run (`events.jsonl`), and `model.keras`, the model at its best epoch. */
  readonly folder: string;
  /** What its model was made with. */
  readonly values: HyperValues;
  /** Whether it still runs, has ended, or was given up after an error. */
  readonly status: 'running' | 'done' | 'failed';
  /** The objective at its best epoch; null before the first epoch ends. */
  readonly score: number | null;
  /** The best epoch, from 0. */
  readonly bestEpoch: number | null;
  /** The logs of its epochs, by name. */
  readonly logs: Readonly<Record<string, readonly number[]>>;
  /** The number of epochs it has trained. */
  readonly epochs: number;
  /** The epoch up to which it was last to be trained, and was. */
  readonly reached: number;
  /** Whether more of the objective is better. */
  readonly isRising: boolean;
  /** Whether it ended before the epoch that it was to reach, as with EarlyStopping. */
  readonly hasStopped: boolean;
  /** Why it failed. */
  readonly error?: string;
}

const node = () => nodeModules('distribution.tune', 'run the program in Node');
export const folderOf = (directory: string, trial: number): string =>
  node().path.join(directory, `trial-${String(trial).padStart(3, '0')}`);
const recordIn = (folder: string): string => node().path.join(folder, 'trial.json');

export async function readTrial(directory: string, trial: number): Promise<Trial | undefined> {
  const folder = folderOf(directory, trial);
  const file = recordIn(folder);
  if (!(await fileExists(file))) return undefined;
  return { ...(JSON.parse(new TextDecoder().decode(await readFile(file))) as Trial), folder };
}
export async function readTrials(directory: string, count: number): Promise<Map<number, Trial>> {
  const all = await Promise.all(Array.from({ length: count }, (_, k) => readTrial(directory, k)));
  return new Map(all.flatMap((trial) => (trial ? [[trial.number, trial] as const] : [])));
}
export async function writeTrial({ folder, ...trial }: Trial): Promise<void> {
  await node().fs.mkdir(folder, { recursive: true });
  await writeFileAtomic(recordIn(folder), new TextEncoder().encode(`${JSON.stringify(trial)}\n`));
}

/** A trial, as search plans see it. */
export const standingOf = (trial: Trial, objective: string): Standing => ({
  reached: trial.hasStopped ? Infinity : trial.reached,
  hasFailed: trial.status === 'failed',
  score: (epochs) => {
    const values = (trial.logs[objective] ?? []).slice(0, epochs).filter((x) => Number.isFinite(x));
    if (values.length === 0) return -Infinity;
    return trial.isRising ? Math.max(...values) : -Math.min(...values);
  },
});

/** Best first; those without a score last. */
export const ranked = (trials: Iterable<Trial>): Trial[] =>
  [...trials].sort((a, b) => {
    const [x, y] = [a, b].map(({ score, isRising }) => (score === null ? -Infinity : isRising ? score : -score));
    return x === y ? a.number - b.number : y! - x!;
  });

/** What a search was begun with: a directory is gone on with by the same search alone. */
export async function agreeOnSearch(directory: string, search: object): Promise<void> {
  const { fs, path } = node();
  const file = path.join(directory, 'tune.json');
  const text = JSON.stringify(search);
  await fs.mkdir(directory, { recursive: true });
  if (!(await fileExists(file))) return writeFileAtomic(file, new TextEncoder().encode(`${text}\n`));
  const before = new TextDecoder().decode(await readFile(file)).trim();
  if (before === text) return;
  fail(
    'distribution.tune',
    `the directory ${directory} holds another search: ${before}, not ${text}`,
    'name another directory, or remove this one to begin anew',
  );
}
