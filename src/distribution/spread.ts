import type { Job } from './mpi/job.ts';

/** How training is spread: over which processes, and whose data the batches are. */
export interface Spread {
  readonly job: Job;
  /** Whether all ranks go through the same batches, of which each takes its rows; else each has batches of its own. */
  readonly hasSameData: boolean;
}

let current: Spread | undefined;
/** Calls on rank 0 alone that are going on. */
let alone = 0;

/** How training is spread now; undefined where this process computes by itself. */
export const currentSpread = (): Spread | undefined => (alone > 0 ? undefined : current);
export const spreadOver = (spread: Spread | undefined): void => {
  current = spread;
};

/** Runs what rank 0 does alone: a model that is evaluated meanwhile is so by this process. */
export async function byItself<R>(f: () => Promise<R>): Promise<R> {
  alone++;
  try {
    return await f();
  } finally {
    alone--;
  }
}
