import type { ChildProcess } from 'node:child_process';
import { fail } from '../base/errors.ts';
import type { Job, Plan } from './plan.ts';
import { folderOf } from './records.ts';

/** The variable by which a process knows that it runs a trial: the directory, and the job. */
const variable = 'HORNBEAM_TRIAL';
/** What this process was started for, by another one's `tune`. */
interface Task extends Job {
  readonly directory: string;
}
let own: Task | undefined | null;
/** The trial that this process is to run; undefined in the program that the user started. */
export function ownTask(): Task | undefined {
  if (own === undefined) {
    const text = process.env[variable];
    own = text === undefined ? null : (JSON.parse(text) as Task);
    // The searches of programs that a trial starts are their own.
    delete process.env[variable];
    // A trial does not outlive the process that started it.
    if (own) process.on('disconnect', () => process.exit(1));
  }
  return own ?? undefined;
}

/** How a process ended. */
export interface Ended {
  readonly job: Job;
  readonly code: number | string;
  /** The end of its error stream. */
  readonly said: string;
}

/** Runs planned trials, each in a process: this program is started again and reaches the same `tune`. */
export async function inProcesses(
  directory: string,
  count: number,
  plan: () => Promise<Plan>,
  ended: (what: Ended) => Promise<void>,
): Promise<void> {
  const running = new Map<number, Promise<Ended>>();
  const children = new Set<ChildProcess>();
  try {
    for (;;) {
      const { jobs, isOver } = await plan();
      if (isOver && running.size === 0) return;
      for (const job of jobs) {
        if (running.size === count) break;
        if (!running.has(job.trial)) running.set(job.trial, start(directory, count, job, children));
      }
      const first = await Promise.race(running.values());
      running.delete(first.job.trial);
      await ended(first);
    }
  } finally {
    for (const child of children) child.kill();
  }
}

function start(directory: string, count: number, job: Job, children: Set<ChildProcess>): Promise<Ended> {
  const { fork } = process.getBuiltinModule('node:child_process');
  const { availableParallelism } = process.getBuiltinModule('node:os');
  const [, program, ...args] = process.argv;
  if (program === undefined)
    fail('distribution.tune', 'the program is no file, which trials could start again', 'run it as node search.js');
  const task: Task = { directory, ...job };
  const threads = String(Math.max(1, Math.floor(availableParallelism() / count)));
  const { closeSync, mkdirSync, openSync } = process.getBuiltinModule('node:fs');
  const { join } = process.getBuiltinModule('node:path');
  const folder = folderOf(directory, job.trial);
  mkdirSync(folder, { recursive: true });
  const output = openSync(join(folder, 'output.txt'), 'a');
  const child = fork(program, args, {
    env: { HORNBEAM_THREADS: threads, ...process.env, [variable]: JSON.stringify(task) },
    stdio: ['ignore', output, 'pipe', 'ipc'],
  });
  closeSync(output);
  children.add(child);
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (part: string) => {
    said = (said + part).slice(-10_000);
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ job, code: error.message, said }));
    child.on('close', (code, signal) => {
      children.delete(child);
      resolve({ job, code: code ?? String(signal), said });
    });
  });
}
