import { fail } from '../base/errors.ts';
import { writing } from '../formats/file.ts';
import { making } from '../training/trainer.ts';
import { currentJob } from './mpi/job.ts';
import { ReplicaTrainer } from './replica-trainer.ts';
import { spreadOver } from './spread.ts';
import { agreeOnSeeds } from './state.ts';

/** What training needs from a distribution. */
interface Distribution {
  readonly autoShardDataset: boolean;
}
/** A scope in which a distribution is set. */
export interface Scope {
  /** Runs a function (and awaits its promise) with the distribution, then restores the previous one. */
  run<R>(f: () => R): R;
}

let current: Distribution | undefined;
export const currentDistribution = (): Distribution | undefined => current;

/** Sets the distribution of models created from now on. */
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
  // Saved models are equal on all ranks, so only one writes them.
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
