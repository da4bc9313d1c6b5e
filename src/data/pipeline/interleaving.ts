import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { count, orAuto } from './counts.ts';
import { partsOf } from './element.ts';
import type { OfParts } from './mapping.ts';
import { prefetched } from './order.ts';
import { fromTheBeginning, type Stage, within } from './stage.ts';

/** Options of `Dataset.interleave`. */
export interface InterleaveOptions {
  /** How many datasets are open at the same time; 4 by default. */
  readonly cycleLength?: number | undefined;
  /** Consecutive elements taken from one dataset before the next; 1 by default. */
  readonly blockLength?: number | undefined;
  /** How many of them produce elements concurrently, ahead of their turn; by default only the current one. */
  readonly numParallelCalls?: number | undefined;
  /** Keeps the order of turns (default: true); false yields elements as they become ready and ignores `blockLength`. */
  readonly deterministic?: boolean | undefined;
}
const interleaveOptions: OptionNames<InterleaveOptions> = {
  cycleLength: true,
  blockLength: true,
  numParallelCalls: true,
  deterministic: true,
};

export interface Interleaving {
  /** Pipelines that are open at the same time. */
  readonly cycle: number;
  /** Elements that one gives in its turn. */
  readonly block: number;
  /** Of how many the elements are made at the same time; 1: of the one whose turn it is. */
  readonly calls?: number;
  /** Whether elements come in the order of turns; otherwise as they are ready. */
  readonly inOrder?: boolean;
}
/** Checks the options and fills in their defaults. */
export function interleaving(options: InterleaveOptions): Interleaving {
  const given = optionsOf('Dataset.interleave', interleaveOptions, options);
  const { cycleLength = 4, blockLength = 1, numParallelCalls = 1, deterministic = true } = given;
  const cycle = count('interleave', 'cycleLength', cycleLength);
  const calls = orAuto('interleave', 'numParallelCalls', numParallelCalls, cycle);
  if (calls > cycle)
    fail(
      'Dataset.interleave',
      `numParallelCalls is ${calls}, and ${cycle} datasets are open at the same time`,
      'give a larger cycleLength, or fewer calls',
    );
  if (!deterministic && given.numParallelCalls === undefined)
    fail('Dataset.interleave', 'deterministic: false is for parallel calls', 'give numParallelCalls, or leave it out');
  const block = count('interleave', 'blockLength', blockLength);
  return { cycle, block, calls, inOrder: deterministic };
}

type Open = AsyncIterator<unknown>;

/**
 * Interleaves the pipelines that a function returns: `cycle` of them are open at a time and yield `block` elements each
 * in turn. `stageOf` finds the stage of a returned dataset.
 */
export const interleaved = (
  source: Stage,
  f: OfParts,
  { cycle, block, calls = 1, inOrder = true }: Interleaving,
  stageOf: (made: unknown) => Stage | undefined,
): Stage =>
  fromTheBeginning(undefined, async function* (round) {
    const sources = source.elements(within(round, 0), 0)[Symbol.asyncIterator]();
    let begun = 0;
    const all: Open[] = [];
    /** Opens the next pipeline; undefined if there is none. */
    const openNext = async (): Promise<Open | undefined> => {
      const { done, value } = await sources.next();
      if (done) return undefined;
      const inside = within(within(round, 1), begun++);
      const made = await f(...partsOf(value));
      const stage =
        stageOf(made) ?? fail('Dataset.interleave', 'the function gave no Dataset', 'give a Dataset for each element');
      // Elements produced ahead of their turn.
      const ahead = calls > 1 && inOrder ? prefetched(stage, block) : stage;
      const iterator = ahead.elements(inside, 0)[Symbol.asyncIterator]();
      all.push(iterator);
      return iterator;
    };
    try {
      yield* inOrder ? inTurn(openNext, cycle, block, calls) : asReady(openNext, Math.min(cycle, calls));
    } finally {
      await Promise.all([sources, ...all].map((iterator) => iterator.return?.()));
    }
  });

async function* inTurn(
  openNext: () => Promise<Open | undefined>,
  cycle: number,
  block: number,
  calls: number,
): AsyncGenerator<unknown> {
  const open = new Array<Open | undefined>(cycle).fill(undefined);
  // Pipelines opened ahead of their turn, sequentially, so that they keep their order.
  const waiting: Promise<Open | undefined>[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const ask = (): void => {
    const next = last.then(openNext);
    last = next;
    // The consumer sees a failure; if there is none, it must not count as unhandled.
    next.catch(() => {});
    waiting.push(next);
  };
  let isOver = false;
  for (let at = 0; ; at = (at + 1) % cycle) {
    if (!open[at] && !isOver) {
      while (waiting.length < calls) ask();
      open[at] = await waiting.shift();
      isOver = !open[at];
    }
    const iterator = open[at];
    for (let k = 0; iterator && k < block; k++) {
      const { done, value } = await iterator.next();
      if (done) {
        open[at] = undefined;
        break;
      }
      yield value;
    }
    if (isOver && open.every((other) => !other)) return;
  }
}

/** Elements of several pipelines in the order in which they become ready. */
async function* asReady(openNext: () => Promise<Open | undefined>, cycle: number): AsyncGenerator<unknown> {
  type Answer = { readonly at: number; readonly iterator: Open; readonly result: IteratorResult<unknown> };
  const running = new Map<number, Promise<Answer>>();
  const ask = (at: number, iterator: Open): void => {
    const answer = iterator.next().then((result) => ({ at, iterator, result }));
    answer.catch(() => {});
    running.set(at, answer);
  };
  const fill = async (at: number): Promise<void> => {
    const iterator = await openNext();
    if (iterator) ask(at, iterator);
    else running.delete(at);
  };
  for (let at = 0; at < cycle; at++) await fill(at);
  while (running.size > 0) {
    const { at, iterator, result } = await Promise.race(running.values());
    if (result.done) await fill(at);
    else {
      ask(at, iterator);
      yield result.value;
    }
  }
}
