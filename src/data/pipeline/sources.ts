import { fail } from '../../base/errors.ts';
import { begun, type Streamable } from '../../base/stream.ts';
import { leavesOf, packLike, type Tree } from '../../base/tree.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import { Tensor } from '../../tensor/index.ts';
import { Rows } from '../rows.ts';
import { asElement } from './element.ts';
import { conforming, type Signature } from './signature.ts';
import { counted, fromTheBeginning, ofRows, type Round, type Stage, within } from './stage.ts';
import { rowAt } from './views.ts';

/** The rows of arrays of equal length: element k is row k of each. */
export function slices(given: unknown): Stage {
  const who = 'Dataset.fromTensorSlices';
  const arrays = asElement(given, who) as Tree<Tensor>;
  const leaves = leavesOf(arrays);
  const count = leaves[0]?.shape[0];
  for (const leaf of leaves) {
    if (!(leaf instanceof Tensor)) fail(who, 'it was given a pipeline', 'give arrays; Dataset.zip joins pipelines');
    if (leaf.shape.length === 0 || leaf.shape[0] !== count)
      fail(
        who,
        `the arrays have ${leaves.map((t) => t.shape[0] ?? 'no').join(', ')} rows`,
        'give arrays of as many rows each',
      );
  }
  if (count === undefined) fail(who, 'it was given no array', 'give a tensor or array, or a list or object of these');
  let read: Promise<Rows[]> | undefined;
  const made = async (make: (part: Rows) => Tensor): Promise<unknown> => {
    const parts = await (read ??= Promise.all(leaves.map(Rows.of)));
    return packLike(arrays, parts.map(make));
  };
  return ofRows(count, {
    numbers: (_, from) => upward(from, count),
    pick: (rows) => made((part) => part.pick(rows)),
    single: (row) => made((part) => rowAt(part, row)),
  });
}

function* upward(from: number, to: number): Generator<number> {
  for (let k = from; k < to; k++) yield k;
}

/** Elements from a list. */
export function listed(given: readonly unknown[]): Stage {
  const elements = given.map((element) => asElement(element, 'Dataset.list'));
  return {
    count: elements.length,
    async *elements(_, from) {
      for (let k = from; k < elements.length; k++) yield elements[k];
    },
  };
}

/** Elements of iterables that a function creates, a new one for each round. */
export const generated = (
  source: Streamable | (() => Streamable | Promise<Streamable>),
  signature?: Signature,
): Stage =>
  fromTheBeginning(undefined, async function* () {
    let k = 0;
    for await (const given of await begun(source))
      yield signature ? conforming(given, signature, k++) : asElement(given, 'Dataset.fromGenerator');
  });

/** The numbers from `start` to below `stop`. */
export function numbers(start: number, stop: number, step: number): Stage {
  const all = [start, stop, step];
  if (!all.every((n) => Number.isInteger(n)) || step === 0)
    fail('Dataset.range', `it was given ${all.join(', ')}`, 'give whole numbers, and a step that is not 0');
  const count = Math.max(0, Math.ceil((stop - start) / step));
  const of = (rows: readonly number[]): Int32Array => Int32Array.from(rows, (k) => start + k * step);
  return ofRows(count, {
    numbers: (_, from) => upward(from, count),
    pick: async (rows) => hostTensor(of(rows), { shape: [rows.length], dtype: 'int32' }),
    single: async (row) => hostTensor(of([row]), { shape: [], dtype: 'int32' }),
  });
}

/** Combines one element of each source, until the shortest ends. */
export function zipped(form: Tree<unknown>, sources: readonly Stage[]): Stage {
  const counts = sources.map(({ count }) => count);
  return {
    // A source of unknown length could end before the others.
    count: counts.includes(undefined) ? undefined : Math.min(...(counts as number[])),
    async *elements(round, from) {
      const all = sources.map((source, k) => source.elements(within(round, k), from)[Symbol.asyncIterator]());
      try {
        for (;;) {
          const next = await Promise.all(all.map((iterator) => iterator.next()));
          if (next.some(({ done }) => done)) return;
          yield packLike(
            form,
            next.map(({ value }) => value as unknown),
          );
        }
      } finally {
        await Promise.all(all.map((iterator) => iterator.return?.()));
      }
    },
  };
}

/** The elements of one source, then those of another. */
export function concatenated(first: Stage, second: Stage): Stage {
  const { count } = first;
  async function* elements(round: Round, from: number): AsyncGenerator<unknown> {
    const skipped = count ?? 0;
    if (count === undefined || from < count) yield* first.elements(within(round, 0), from);
    yield* second.elements(within(round, 1), Math.max(0, from - skipped));
  }
  return count === undefined
    ? fromTheBeginning(second.count === Infinity ? Infinity : undefined, (round) => elements(round, 0))
    : { count: count === Infinity ? count : counted(second.count, (n) => n + count), elements };
}
