import { counted, fromTheBeginning, orderOf, type Stage, within } from './stage.ts';

export interface Shuffling {
  readonly size: number;
  readonly seed: number | undefined;
  readonly everyTime: boolean;
}
/** Elements drawn from a buffer that holds the next `size` of the source, each place of it as likely. */
export const shuffled = (source: Stage, { size, seed, everyTime }: Shuffling): Stage =>
  fromTheBeginning(source.count, async function* (round) {
    const order = orderOf(round, seed, everyTime);
    const buffer: unknown[] = [];
    for await (const element of source.elements(within(round), 0)) {
      if (buffer.length < size) {
        buffer.push(element);
        continue;
      }
      const k = order.upTo(size - 1);
      const drawn = buffer[k];
      buffer[k] = element;
      yield drawn;
    }
    while (buffer.length > 0) {
      const k = order.upTo(buffer.length - 1);
      const drawn = buffer[k];
      buffer[k] = buffer.at(-1);
      buffer.pop();
      yield drawn;
    }
  });

/** The elements over and over; without a `count`, for ever. */
export function repeated(source: Stage, times: number): Stage {
  const { count } = source;
  return {
    count: times === 0 ? 0 : counted(count, (n) => (n === 0 ? 0 : n * times)),
    async *elements(round, from) {
      // Of a source whose length is known, whole repetitions are left out without a look.
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
export const taken = (source: Stage, most: number): Stage => ({
  count: counted(source.count, (n) => Math.min(n, most)),
  async *elements(round, from) {
    let left = most - from;
    if (left <= 0) return;
    for await (const element of source.elements(within(round), from)) {
      yield element;
      if (--left === 0) return;
    }
  },
});

/** All but the first elements. */
export const skipped = (source: Stage, first: number): Stage => ({
  count: counted(source.count, (n) => Math.max(0, n - first)),
  elements: (round, from) => source.elements(within(round), from + first),
});

/** Every n-th element, from the k-th on. */
export const sharded = (source: Stage, n: number, k: number): Stage => ({
  count: counted(source.count, (all) => Math.max(0, Math.ceil((all - k) / n))),
  async *elements(round, from) {
    let until = 0;
    for await (const element of source.elements(within(round), from * n + k))
      if (until-- === 0) {
        until = n - 1;
        yield element;
      }
  },
});

/** The elements, kept when they were given once to the end. */
export function cached(source: Stage): Stage {
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

/** The elements, of which `size` are asked for ahead of whoever takes them. */
export const prefetched = (source: Stage, size: number): Stage => ({
  count: source.count,
  isFresh: source.isFresh ?? false,
  async *elements(round, from) {
    const iterator = source.elements(within(round), from)[Symbol.asyncIterator]();
    const ask = (): Promise<IteratorResult<unknown>> => {
      const next = iterator.next();
      // Whoever takes it learns of its failure; nobody may.
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
