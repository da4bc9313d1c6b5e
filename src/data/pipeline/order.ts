import { openCache, writingCache } from './cache-file.ts';
import { repeatedRows, Shuffle, shardedRows, shuffledRows, skippedRows, takenRows } from './row-order.ts';
import { counted, fromTheBeginning, ofRows, orderOf, type Stage, within, without } from './stage.ts';

export interface Shuffling {
  readonly size: number;
  readonly seed: number | undefined;
  readonly everyTime: boolean;
}
/** Elements drawn uniformly from a buffer of the source's next `size` elements. */
export function shuffled({ count, rows, elements }: Stage, { size, seed, everyTime }: Shuffling): Stage {
  if (rows) {
    const numbers = shuffledRows(rows.numbers, size, (round) => orderOf(round, seed, everyTime));
    return ofRows(count, { ...rows, numbers });
  }
  return fromTheBeginning(count, async function* (round) {
    const shuffle = new Shuffle<unknown>(size, orderOf(round, seed, everyTime));
    for await (const element of elements(within(round), 0))
      if (shuffle.hasRoom) shuffle.add(element);
      else yield shuffle.exchange(element);
    yield* shuffle.rest();
  });
}

/** The elements `count` times over; endlessly without a count. */
export function repeated(source: Stage, times: number): Stage {
  const { count, rows } = source;
  const all = times === 0 ? 0 : counted(count, (n) => (n === 0 ? 0 : n * times));
  if (rows && count !== undefined) return ofRows(all, { ...rows, numbers: repeatedRows(rows.numbers, count, times) });
  return {
    count: all,
    async *elements(round, from) {
      // If the length of the source is known, whole repetitions are skipped at once.
      let turn = count ? Math.floor(from / count) : 0;
      let left = from - turn * (count ?? 0);
      for (; turn < times; turn++) {
        const inside = within({ ...round, turns: [...round.turns, turn] });
        let given = 0;
        for await (const element of source.elements(inside, count ? left : 0)) {
          given++;
          if (!count && left > 0) left--;
          else yield element;
        }
        if (count) left = 0;
        else if (given === 0) return;
      }
    },
  };
}

/** The first elements. */
export function taken(source: Stage, most: number): Stage {
  const count = counted(source.count, (n) => Math.min(n, most));
  const { rows } = source;
  if (rows) return ofRows(count, { ...rows, numbers: takenRows(rows.numbers, most) });
  return {
    count,
    async *elements(round, from) {
      let left = most - from;
      if (left <= 0) return;
      for await (const element of source.elements(within(round), from)) {
        yield element;
        if (--left === 0) return;
      }
    },
  };
}

/** All but the first elements. */
export function skipped(source: Stage, first: number): Stage {
  const count = counted(source.count, (n) => Math.max(0, n - first));
  const { rows } = source;
  if (rows) return ofRows(count, { ...rows, numbers: skippedRows(rows.numbers, first) });
  return { count, elements: (round, from) => source.elements(within(round), from + first) };
}

/** Every n-th element, starting with the k-th. */
export function sharded(source: Stage, n: number, k: number): Stage {
  const count = counted(source.count, (all) => Math.max(0, Math.ceil((all - k) / n)));
  const { rows } = source;
  if (rows) return ofRows(count, { ...rows, numbers: shardedRows(rows.numbers, n, k) });
  return {
    count,
    async *elements(round, from) {
      let until = 0;
      for await (const element of source.elements(within(round), from * n + k))
        if (until-- === 0) {
          until = n - 1;
          yield element;
        }
    },
  };
}

/** Caches the elements after the first complete iteration. */
export function cached(source: Stage): Stage {
  const { rows } = source;
  // Arrays are in memory already; only the order of the first iteration is kept.
  if (rows)
    return ofRows(source.count, {
      ...rows,
      numbers: (round, from) => rows.numbers(within({ ...round, turns: [] }), from),
    });
  let kept: readonly unknown[] | undefined;
  return {
    get count() {
      return kept?.length ?? source.count;
    },
    async *elements(round, from) {
      if (kept) {
        yield* kept.slice(from);
        return;
      }
      const all: unknown[] = [];
      const given = source.elements(within({ ...round, turns: [] }), 0);
      for await (const element of given) {
        all.push(element);
        if (all.length > from) yield element;
      }
      kept = all;
    },
  };
}

/** Caches the elements in a file after the first complete iteration, for all later ones. */
export function cachedInFile(source: Stage, place: string): Stage {
  let count: number | undefined;
  return {
    get count() {
      return count ?? source.count;
    },
    async *elements(round, from) {
      const file = await openCache(place);
      count = file?.count;
      if (file) yield* file.elements(from);
      else yield* without(from, writingCache(place, source.elements(within({ ...round, turns: [] }), 0)));
    },
  };
}

/** The elements, up to `size` of which are requested in advance. */
export const prefetched = (source: Stage, size: number): Stage => ({
  count: source.count,
  isFresh: source.isFresh ?? false,
  async *elements(round, from) {
    const iterator = source.elements(within(round), from)[Symbol.asyncIterator]();
    const ask = (): Promise<IteratorResult<unknown>> => {
      const next = iterator.next();
      // The consumer sees a failure; if there is none, it must not count as unhandled.
      next.catch(() => {});
      return next;
    };
    const asked = [ask()];
    try {
      for (;;) {
        while (asked.length <= size) asked.push(ask());
        const { done, value } = await asked.shift()!;
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  },
});
