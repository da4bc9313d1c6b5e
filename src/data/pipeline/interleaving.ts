import { fail } from '../../base/errors.ts';
import { partsOf } from './element.ts';
import type { OfParts } from './mapping.ts';
import { fromTheBeginning, type Round, type Stage, within } from './stage.ts';

export interface Interleaving {
  readonly cycle: number;
  readonly block: number;
}
/**
 * The elements of the pipelines that a function makes: `cycle` of them are open, and give `block` elements in turn. `stageOf` finds
 * the stage of what the function gave.
 */
export const interleaved = (
  source: Stage,
  f: OfParts,
  { cycle, block }: Interleaving,
  stageOf: (made: unknown) => Stage | undefined,
): Stage =>
  fromTheBeginning(undefined, async function* (round) {
    const sources = source.elements(within(round, 0), 0)[Symbol.asyncIterator]();
    const open = new Array<AsyncIterator<unknown> | undefined>(cycle).fill(undefined);
    let begun = 0;
    let isOver = false;
    const fill = async (at: number): Promise<void> => {
      const { done, value } = await sources.next();
      if (done) isOver = true;
      else open[at] = begin(await f(...partsOf(value)), within(within(round, 1), begun++), stageOf);
    };
    try {
      for (let at = 0; ; at = (at + 1) % cycle) {
        if (!open[at] && !isOver) await fill(at);
        for (let k = 0; open[at] && k < block; k++) {
          const { done, value } = await open[at]!.next();
          if (done) open[at] = undefined;
          else yield value;
        }
        if (isOver && open.every((iterator) => !iterator)) return;
      }
    } finally {
      await Promise.all([sources, ...open].map((iterator) => iterator?.return?.()));
    }
  });
function begin(made: unknown, round: Round, stageOf: (made: unknown) => Stage | undefined): AsyncIterator<unknown> {
  const stage = stageOf(made) ?? fail('interleave', 'the function gave no Dataset', 'give a Dataset for each element');
  return stage.elements(round, 0)[Symbol.asyncIterator]();
}
