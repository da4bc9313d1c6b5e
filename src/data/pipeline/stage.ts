import { onRandomSeed, seedState } from '../../random/global-seed.ts';
import { MersenneTwister } from '../../random/mersenne-twister.ts';

/** One round through a pipeline, as seen by a stage. */
export interface Round {
  /** The seed for orders without one of their own, shared by a whole pipeline. */
  seed(): number;
  /** The number of this round, and of each repetition around the stage; each has its own order. */
  readonly turns: readonly number[];
  /** The stage's place in the pipeline. */
  readonly place: readonly number[];
}

/** One stage of a pipeline, which can be iterated any number of times. */
export interface Stage {
  /** The number of elements; Infinity if endless, undefined if known only after iterating. */
  readonly count: number | undefined;
  /** The batch size, if batching is the last step. */
  readonly batchSize?: number;
  /** Whether nobody else holds the tensors of its elements. */
  readonly isFresh?: boolean;
  /** Iterates lazily over the elements of a round, without the first `from`. */
  elements(round: Round, from: number): AsyncIterable<unknown>;
  /** Set if elements are rows of arrays: then batches are picked by row numbers. */
  readonly rows?: RowStage | undefined;
}

/** A stage whose elements are rows of arrays. */
export interface RowStage {
  /** Their numbers in a round, without the first `from`. */
  numbers(round: Round, from: number): Iterable<number>;
  /** A batch of the rows with such numbers. */
  pick(rows: readonly number[]): Promise<unknown>;
  /** The row of a number, as an element. */
  single(row: number): Promise<unknown>;
}
/** A stage that gives rows. */
export const ofRows = (count: number | undefined, rows: RowStage): Stage => ({
  count,
  async *elements(round, from) {
    for (const row of rows.numbers(round, from)) yield await rows.single(row);
  },
  rows,
});

let drawn = 0;
onRandomSeed(() => {
  drawn = 0;
});
/** A seed derived from the global one; Keras's own generators are not advanced. */
export function nextPipelineSeed(): number {
  const { words, used } = seedState();
  return MersenneTwister.fromWords([words[0], words[1], used, drawn++]).next();
}

/** The round as the k-th source of a stage sees it. */
export const within = ({ place, ...round }: Round, k = 0): Round => ({ ...round, place: [...place, k] });

/** The generator of an order: of a seed alone, or of the place in the pipeline. */
export function orderOf({ seed, turns, place }: Round, given: number | undefined, everyTime: boolean): MersenneTwister {
  const own = given === undefined ? [seed(), place.length, ...place] : [given];
  return MersenneTwister.fromWords([...own, ...(everyTime ? turns : [])]);
}

/** A stream without its first elements. */
export async function* without(first: number, elements: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  let left = first;
  for await (const element of elements)
    if (left > 0) left--;
    else yield element;
}

/** A stage that cannot skip elements without producing them. */
export const fromTheBeginning = (
  count: number | undefined,
  elements: (round: Round) => AsyncIterable<unknown>,
): Stage => ({ count, elements: (round, from) => (from > 0 ? without(from, elements(round)) : elements(round)) });

/** `f` of a count that is known. */
export const counted = (count: number | undefined, f: (n: number) => number): number | undefined =>
  count === undefined ? undefined : f(count);
