import type { Job } from './mpi/job.ts';

/** How training is distributed: over which processes, and whose data the batches are. */
export interface Spread {
  readonly job: Job;
  /** Whether all ranks iterate over the same batches and take their rows; otherwise each has its own batches. */
  readonly hasSameData: boolean;
}

let current: Spread | undefined;
/** Number of active calls on rank 0 alone. */
let alone = 0;

/** The current distribution of training; undefined if this process computes by itself. */
export const currentSpread = (): Spread | undefined => (alone > 0 ? undefined : current);
export const spreadOver = (spread: Spread | undefined): void => {
  current = spread;
};

/** Runs work of rank 0 alone; models used in it are evaluated by this process only. */
export async function byItself<R>(f: () => Promise<R>): Promise<R> {
  alone++;
  try {
    return await f();
  } finally {
    alone--;
  }
}
