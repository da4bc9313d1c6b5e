import fc from 'fast-check';
import { problemOf, type Trial } from './compare.ts';
import type { ModelDescription } from './description.ts';
import { anyGenes, type Bounds, describeModel, type Wanted } from './generate.ts';
import { shrink } from './shrink.ts';

/** A random model that fails, what is wrong with it, and a smaller one that fails in the same way. */
export interface Failure {
  readonly seed: number;
  readonly problem: string;
  /** Absent where not even the layers could be called. */
  readonly smallest?: ModelDescription;
}

/** Tries the one model that the seed stands for. */
export async function failureOf(
  seed: number,
  trial: Trial,
  bounds: Bounds,
  { wanted, milliseconds }: { wanted?: Wanted; milliseconds?: number } = {},
): Promise<Failure | undefined> {
  const [genes] = fc.sample(anyGenes(bounds), { seed, numRuns: 1 });
  let description: ModelDescription;
  try {
    description = describeModel(genes!, bounds, wanted);
  } catch (error) {
    return { seed, problem: `its layers do not fit: ${(error as Error).stack?.split('\n', 4).join('\n')}` };
  }
  const tried = async (d: ModelDescription): Promise<string | undefined> =>
    problemOf(d, trial).catch((error: unknown) => `it throws: ${(error as Error).message}`);
  const problem = await tried(description);
  if (!problem) return undefined;
  const isSame = async (d: ModelDescription) => kindOf(await tried(d)) === kindOf(problem);
  const smallest = await shrink(description, isSame, milliseconds === undefined ? {} : { milliseconds });
  return { seed, problem: `${problem}\nand of the smaller one: ${await tried(smallest)}`, smallest };
}

/** What must stay while a failure gets smaller. */
const kindOf = (problem: string | undefined): string | undefined =>
  problem?.startsWith('it throws')
    ? problem.split('\n')[0]!.replace(/["(].*?[")]|\d+/g, '')
    : problem && (problem.includes('from run to run') ? 'other bits' : 'other numbers');

export const show = ({ seed, problem, smallest }: Failure): string =>
  `model ${seed}: ${problem}\n${JSON.stringify(smallest) ?? ''}`;
