import { nodeModules } from '../formats/node-modules.ts';
import type { Job, Plan } from './plan.ts';
import { folderOf } from './records.ts';

/** Milliseconds between checks of what others have done. */
const pause = 200;

/**
 * Runs planned trials on the ranks of MPI, one at a time on each: whoever creates the file `claim` of a trial runs it. They know of each
 * other through the directory alone, which all machines must share.
 */
export async function onRanks(
  directory: string,
  plan: () => Promise<Plan>,
  run: (job: Job) => Promise<void>,
): Promise<void> {
  for (;;) {
    const { jobs, isOver } = await plan();
    if (isOver) return;
    let hasRun = false;
    for (const job of jobs)
      if (await claim(directory, job)) {
        await run(job);
        hasRun = true;
        break;
      }
    if (!hasRun) await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const isClaim = (name: string): boolean => /^claim-\d+$/.test(name);
async function claim(directory: string, { trial, epochs }: Job): Promise<boolean> {
  const { fs, path } = nodeModules('distribution.tune', 'run the program in Node');
  const folder = folderOf(directory, trial);
  await fs.mkdir(folder, { recursive: true });
  try {
    await (await fs.open(path.join(folder, `claim-${epochs}`), 'wx')).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
/** Forgets claims of a job that was ended. */
export async function forgetClaims(directory: string, trials: number): Promise<void> {
  const { fs, path } = nodeModules('distribution.tune', 'run the program in Node');
  for (let k = 0; k < trials; k++) {
    const folder = folderOf(directory, k);
    const names = await fs.readdir(folder).catch(() => []);
    for (const name of names.filter(isClaim)) await fs.rm(path.join(folder, name));
  }
}
