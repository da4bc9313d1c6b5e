import { onRandomSeed, seedState } from '../../random/global-seed.ts';
import { MersenneTwister } from '../../random/mersenne-twister.ts';

/** Once through a pipeline, as a stage of it sees it. */
export interface Round {
  /** What orders are drawn from where no seed is named: the same for all of a pipeline. */
  seed(): number;
  /** Which time the whole is gone through, and each repetition around the stage: every time has its own order. */
  readonly turns: readonly number[];
  /** Where in the pipeline the stage stands. */
  readonly place: readonly number[];
}

/** One stage of a pipeline: gives its elements anew whenever it is asked. */
export interface Stage {
  /** How many elements it gives; Infinity without end, undefined where that shows only on the way. */
  readonly count: number | undefined;
  /** How many elements of the source it puts together, where that is the last that was done. */
  readonly batchSize?: number;
  /** Whether nobody else holds the tensors of its elements. */
  readonly isFresh?: boolean;
  /** The elements of a round, one after the other as they are asked for, without the first `from`. */
  elements(round: Round, from: number): AsyncIterable<unknown>;
  /** The same where elements are rows of arrays: their numbers, so that a batch is picked at once. */
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
/** A seed that the global one decides; the generators from which Keras draws stay as they are. */
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

/** What is left of a stream without its first elements. */
export async function* without(first: number, elements: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  let left = first;
  for await (const element of elements)
    if (left > 0) left--;
    else yield element;
}

/** A stage whose elements must all be made to know which come later. */
export const fromTheBeginning = (
  count: number | undefined,
  elements: (round: Round) => AsyncIterable<unknown>,
): Stage => ({ count, elements: (round, from) => (from > 0 ? without(from, elements(round)) : elements(round)) });

/** `f` of a count that is known. */
export const counted = (count: number | undefined, f: (n: number) => number): number | undefined =>
  count === undefined ? undefined : f(count);
