import { fail } from '../base/errors.ts';
import { writing } from '../formats/file.ts';
import { making } from '../training/trainer.ts';
import { currentJob } from './mpi/job.ts';
import { ReplicaTrainer } from './replica-trainer.ts';
import { spreadOver } from './spread.ts';
import { agreeOnSeeds } from './state.ts';

/** What training asks of a distribution. */
interface Distribution {
  readonly autoShardDataset: boolean;
}
/** A block in which a distribution is set. */
export interface Scope {
  /** Runs a function, and a promise of it to its end, with the distribution; afterwards the one before is back. */
  run<R>(f: () => R): R;
}

let current: Distribution | undefined;
export const currentDistribution = (): Distribution | undefined => current;

/** Lets models made from now on be trained in this way. */
export function useDistribution(distribution: Distribution | undefined): void {
  const job = currentJob();
  if (distribution && job && making.isUsed && making.trainer !== replica)
    fail(
      'distribution.setDistribution',
      'a model was made before, which would be trained by each process alone',
      'call setDistribution before the first model is made or loaded',
    );
  current = distribution;
  if (!job) return;
  if (distribution) making.trainer = replica;
  // Models that a program saves are the same on all ranks: one writes them.
  writing.isOn = !distribution || job.rank === 0;
  spreadOver(distribution && { job, hasSameData: distribution.autoShardDataset });
  if (distribution) agreeOnSeeds(job);
}
const replica: typeof making.trainer = (model) => new ReplicaTrainer(model);

export function scopeOf(distribution: Distribution): Scope {
  return {
    run(f) {
      const before = current;
      useDistribution(distribution);
      const leave = (): void => useDistribution(before);
      let isLater = false;
      try {
        const result = f();
        if (result instanceof Promise) {
          isLater = true;
          return result.finally(leave) as typeof result;
        }
        return result;
      } finally {
        if (!isLater) leave();
      }
    },
  };
}
