import { fail } from '../../base/errors.ts';
import { Tensor } from '../../tensor/index.ts';
import { asElement, partsOf } from './element.ts';
import { plain, tensors } from './plain-data.ts';
import { fromTheBeginning, type Stage, within } from './stage.ts';
import { type ModuleFunction, Threads } from './threads.ts';

/** A function of an element's parts. */
export type OfParts<R = unknown> = (...parts: readonly any[]) => R | Promise<R>;

/**
 * Applies a function to each element, with up to `calls` calls at a time; results come in order unless that is turned
 * off.
 */
export const mapped = (source: Stage, f: OfParts, calls: number, inOrder: boolean): Stage => ({
  count: source.count,
  elements(round, from) {
    const given = source.elements(within(round), from);
    const call = async (element: unknown): Promise<unknown> =>
      asElement(await f(...partsOf(element)), 'Dataset.map: the function');
    return calls === 1 ? oneByOne(given, call) : inOrder ? ordered(given, call, calls) : asReady(given, call, calls);
  },
});
type Call = (element: unknown) => Promise<unknown>;

/** The same for a module's function, in threads that live from round to round. */
export function mappedInThreads(source: Stage, f: ModuleFunction, threads: number, inOrder: boolean): Stage {
  const pool = new Threads(f, threads);
  let rounds = 0;
  const call = async (element: unknown): Promise<unknown> => {
    const move: ArrayBuffer[] = [];
    const parts = await Promise.all(partsOf(element).map((part) => plain(part, move)));
    return asElement(tensors(await pool.call(parts, move)), 'Dataset.map: the function');
  };
  return {
    count: source.count,
    async *elements(round, from) {
      const given = source.elements(within(round), from);
      rounds++;
      try {
        // More calls than threads, so that a finished thread finds the next one waiting.
        yield* (inOrder ? ordered : asReady)(given, call, 2 * threads);
      } finally {
        if (--rounds === 0) pool.rest();
      }
    },
  };
}

async function* oneByOne(given: AsyncIterable<unknown>, call: Call): AsyncGenerator<unknown> {
  for await (const element of given) yield await call(element);
}
/** The consumer sees a failure later; if there is none, it must not count as unhandled. */
function kept<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
async function* ordered(given: AsyncIterable<unknown>, call: Call, calls: number): AsyncGenerator<unknown> {
  const running: Promise<unknown>[] = [];
  for await (const element of given) {
    running.push(kept(call(element)));
    if (running.length === calls) yield await running.shift();
  }
  for (const result of running) yield await result;
}
async function* asReady(given: AsyncIterable<unknown>, call: Call, calls: number): AsyncGenerator<unknown> {
  const running = new Map<number, Promise<readonly [key: number, result: unknown]>>();
  const first = async (): Promise<unknown> => {
    const [key, result] = await Promise.race(running.values());
    running.delete(key);
    return result;
  };
  let key = 0;
  for await (const element of given) {
    const own = key++;
    running.set(own, kept(call(element).then((result) => [own, result] as const)));
    if (running.size === calls) yield await first();
  }
  while (running.size > 0) yield await first();
}

/** The elements for which a function returns true. */
export const filtered = (source: Stage, f: OfParts): Stage =>
  fromTheBeginning(undefined, async function* (round) {
    for await (const element of source.elements(within(round), 0)) {
      const answer = await f(...partsOf(element));
      if (answer instanceof Tensor ? truth(await answer.data(), answer) : answer) yield element;
    }
  });
function truth(data: ArrayLike<number>, { shape }: Tensor): boolean {
  if (data.length !== 1)
    fail(
      'Dataset.filter',
      `the function gave a tensor of shape (${shape.join(', ')})`,
      'give one truth value: ops.all(…)',
    );
  return data[0] !== 0;
}

/** The elements with their numbers: `[k, element]`. */
export const numbered = (source: Stage, start: number): Stage => ({
  count: source.count,
  async *elements(round, from) {
    let k = start + from;
    for await (const element of source.elements(within(round), from)) yield [asElement(k++, 'enumerate'), element];
  },
});
