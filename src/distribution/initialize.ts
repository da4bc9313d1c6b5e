import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { currentJob, type Job } from './mpi/job.ts';

/** Options of `distribution.initialize`. */
export interface InitializeOptions {
  /** Addresses of the processes; must be absent, since mpirun knows them. */
  readonly jobAddresses?: string | null;
  /** The expected number of processes, checked against mpirun's. */
  readonly numProcesses?: number | null;
  /** The number of this process: checked against mpirun's. */
  readonly processId?: number | null;
}
export const initializeOptions: OptionNames<InitializeOptions> = {
  jobAddresses: true,
  numProcesses: true,
  processId: true,
};

/** Joins the processes that mpirun started; undefined if there are no others. */
export function initialize(options?: InitializeOptions): Job | undefined {
  const who = 'distribution.initialize';
  const { jobAddresses, numProcesses, processId } = optionsOf(who, initializeOptions, options);
  if (jobAddresses)
    fail(
      who,
      `jobAddresses is "${jobAddresses}", but processes find each other through MPI`,
      'start them with mpirun (or srun), which is told the hosts, and leave jobAddresses out',
    );
  const job = currentJob();
  const check = (name: string, given: number | null | undefined, known: number): void => {
    if (given !== undefined && given !== null && given !== known)
      fail(who, `${name} is ${given}, but by MPI it is ${known}`, `leave it out: mpirun tells it`);
  };
  check('numProcesses', numProcesses, job?.size ?? 1);
  check('processId', processId, job?.rank ?? 0);
  if (job) shareCores(job.localSize);
  return job;
}

/**
 * Divides a machine's cores among its processes, unless the launcher bound them to cores or the number of threads was
 * set.
 */
function shareCores(processes: number): void {
  const os = process.getBuiltinModule('node:os');
  const cores = os.availableParallelism();
  if (process.env['HORNBEAM_THREADS'] !== undefined || cores < os.cpus().length) return;
  process.env['HORNBEAM_THREADS'] = String(Math.max(1, Math.floor(cores / processes)));
}
