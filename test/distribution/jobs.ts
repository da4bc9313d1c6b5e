import { type ChildProcess, spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

/** The launchers of MPI that are installed: Debian names both. */
const launchers = ['mpirun.mpich', 'mpirun.openmpi'] as const;
type Launcher = (typeof launchers)[number];
const isInstalled = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
export const installed: readonly Launcher[] = launchers.filter(isInstalled);
if (installed.length === 0)
  console.info('no mpirun.mpich and no mpirun.openmpi: training on several processes is not tested');

const programs = {
  job: 'test/distribution/job.ts',
  search: 'test/distribution/search.ts',
  steps: 'test/distribution/steps.ts',
};
type Program = keyof typeof programs;
const made: Partial<Record<Program, Promise<string>>> = {};
/** A program of jobs with the library, as files that Node runs, and the packages beside them. */
const built = (name: Program): Promise<string> => (made[name] ??= build(name));
async function build(name: Program): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'hornbeam-jobs-'));
  const bundle = await rolldown({ input: { [name]: programs[name] }, platform: 'node', external: /^[^./]/ });
  await bundle.write({ dir: folder, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  await bundle.close();
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync('node_modules'))
    if (!name.startsWith('.')) symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return join(folder, `${name}.mjs`);
}

export interface Ended {
  readonly code: number | null;
  /** All that was printed. */
  readonly text: string;
  /** What the ranks wrote, in their order. */
  readonly results: readonly any[];
  /** Where they wrote it, and files of their own. */
  readonly folder: string;
}
export interface LaunchOptions {
  /** Where ranks write; a new folder, when absent. */
  readonly folder?: string;
  /** Called with each line that is printed. */
  readonly onLine?: (line: string, mpirun: ChildProcess) => void;
  /** What starts the ranks instead of the launcher: the command in front of theirs. */
  readonly by?: readonly string[];
  /** The program that has the job; `job.ts`, when absent. */
  readonly program?: Program;
  /** Variables of the job. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a job on so many ranks; on one process without a launcher. */
export async function launch(
  launcher: Launcher | undefined,
  ranks: number,
  job: string,
  { folder = mkdtempSync(join(tmpdir(), 'hornbeam-job-')), onLine, by, env = {}, program = 'job' }: LaunchOptions = {},
): Promise<Ended> {
  const file = await built(program);
  const command = [process.execPath, file, job, folder];
  const extra = launcher === 'mpirun.openmpi' ? ['--oversubscribe', '--allow-run-as-root'] : [];
  const start = by ?? (launcher ? [launcher, ...extra, '-n', String(ranks)] : []);
  const all = [...start, ...command];
  const child = spawn(all[0]!, all.slice(1), {
    env: { ...process.env, HORNBEAM_VERIFY: '0', HORNBEAM_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  let rest = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      const lines = (rest + part).split('\n');
      rest = lines.pop()!;
      for (const line of lines) onLine?.(line, child);
    });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const results = Array.from({ length: ranks }, (_, rank) => {
    try {
      return JSON.parse(readFileSync(join(folder, `${rank}.json`), 'utf8')) as unknown;
    } catch {
      return undefined;
    }
  });
  return { code, text, results, folder };
}
