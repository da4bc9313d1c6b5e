/** How a search proceeds: which trials run, and up to which epoch. */
export type Search =
  | { readonly kind: 'random'; readonly trials: number; readonly epochs: number }
  | { readonly kind: 'hyperband'; readonly maxEpochs: number; readonly factor: number };

/** What is known of a trial. */
export interface Standing {
  /** The number of epochs it has trained, or will not go beyond because it ended early. */
  readonly reached: number;
  readonly hasFailed: boolean;
  /** The rating of a trial, higher is better: its best value within the first epochs. */
  readonly score: (epochs: number) => number;
}
/** A trial to be trained up to an epoch. */
export interface Job {
  readonly trial: number;
  readonly epochs: number;
}
export interface Plan {
  /** What can be run now. */
  readonly jobs: readonly Job[];
  /** Whether nothing is left, or is waited for. */
  readonly isOver: boolean;
}

/** A bracket of Hyperband: trials of which the best are trained longer, round after round. */
interface Bracket {
  readonly first: number;
  readonly rounds: readonly { readonly size: number; readonly epochs: number }[];
}

/**
 * The brackets of Hyperband (Li et al., 2018), with the sizes of keras-tuner: the first begins many trials and stops most of them
 * early, the last trains a few to the end.
 */
export function bracketsOf(maxEpochs: number, factor: number): Bracket[] {
  const count = Math.floor(Math.log(maxEpochs) / Math.log(factor) + 1e-9) + 1;
  const last = Math.ceil(1 + Math.log(maxEpochs) / Math.log(factor) - 1e-9);
  const up = (x: number): number => Math.ceil(x - 1e-9);
  let first = 0;
  return Array.from({ length: count }, (_, k) => {
    const number = count - 1 - k;
    const rounds = Array.from({ length: number + 1 }, (_, round) => ({
      size: up((last / (number + 1)) * factor ** (number - round)),
      epochs: up(maxEpochs / factor ** (number - round)),
    }));
    const bracket = { first, rounds };
    first += rounds[0]!.size;
    return bracket;
  });
}

/** How many trials a search begins. */
export const trialsOf = (search: Search): number =>
  search.kind === 'random'
    ? search.trials
    : bracketsOf(search.maxEpochs, search.factor).reduce((sum, { rounds }) => sum + rounds[0]!.size, 0);

/** What is to be run, as far as it is known: the same for all who ask, whatever ran in which order. */
export function planOf(search: Search, standing: (trial: number) => Standing | undefined): Plan {
  const jobs: Job[] = [];
  let isOver = true;
  /** Whether all of these are done up to an epoch; those that are not become jobs. */
  const areDone = (trials: readonly number[], epochs: number): boolean => {
    const open = trials.filter((trial) => {
      const known = standing(trial);
      return !known || (!known.hasFailed && known.reached < epochs);
    });
    jobs.push(...open.map((trial) => ({ trial, epochs })));
    if (open.length > 0) isOver = false;
    return open.length === 0;
  };
  const range = (from: number, size: number): number[] => Array.from({ length: size }, (_, k) => from + k);
  if (search.kind === 'random') {
    areDone(range(0, search.trials), search.epochs);
    return { jobs, isOver };
  }
  for (const { first, rounds } of bracketsOf(search.maxEpochs, search.factor)) {
    let trials = range(first, rounds[0]!.size);
    for (const [k, { size, epochs }] of rounds.entries()) {
      if (k > 0) {
        const before = rounds[k - 1]!.epochs;
        const score = new Map(trials.map((trial) => [trial, standing(trial)!.score(before)]));
        trials = trials
          .filter((trial) => !standing(trial)!.hasFailed)
          .sort((a, b) => score.get(b)! - score.get(a)! || a - b)
          .slice(0, size);
      }
      if (!areDone(trials, epochs)) break;
    }
  }
  return { jobs, isOver };
}
