import type { Activations } from './activations.ts';

interface Matched {
  /** Names on both sides, in the order of the first. */
  readonly pairs: readonly (readonly [first: string, second: string])[];
  readonly unmatched: readonly [first: readonly string[], second: readonly string[]];
}

/**
 * Matches the layers of two models: by name, or, if the numbers of automatic names differ (`dense_7` here, `dense_1`
 * there), by their rank among layers of the same kind. What lies within a layer that both have, but is visible on one
 * side only, is not reported.
 */
export function matchLayers(a: Activations, b: Activations): Matched {
  const exact = [...a.keys()].filter((name) => b.has(name)).map((name) => [name, name] as const);
  const [ranksA, ranksB] = [byRank(a), byRank(b)];
  const ranked = [...ranksA].flatMap(([rank, name]) => {
    const other = ranksB.get(rank);
    return other === undefined ? [] : [[name, other] as const];
  });
  const pairs = ranked.length > exact.length ? ranked : exact;
  const [known, others] = [new Set(pairs.map(([p]) => p)), new Set(pairs.map(([, q]) => q))];
  const left = (names: Iterable<string>, matched: ReadonlySet<string>): string[] =>
    [...names].filter((name) => {
      if (matched.has(name)) return false;
      const parts = name.split('/');
      return !parts.some((_, k) => k > 0 && matched.has(parts.slice(0, k).join('/')));
    });
  return { pairs, unmatched: [left(a.keys(), known), left(b.keys(), others)] };
}

/**
 * Names with automatic numbers replaced by ranks among layers of the same kind: `base/dense_7` becomes
 * `base#0/dense#1`.
 */
function byRank(activations: Activations): Map<string, string> {
  const orders = new Map<string, string[]>();
  const ranks = new Map<string, string>();
  for (const name of activations.keys()) {
    const parts = name.split('/');
    const ranked = parts.map((part, k) => {
      const [, base, call] = /^(.*?)(?:_\d+)?((?:#\d+)?(?::\d+)?)$/.exec(part)!;
      const among = `${parts.slice(0, k).join('/')}/${base}`;
      const own = part.slice(0, part.length - call!.length);
      const order = orders.get(among) ?? [];
      orders.set(among, order);
      if (!order.includes(own)) order.push(own);
      return `${base}/${order.indexOf(own)}${call}`;
    });
    ranks.set(ranked.join('//'), name);
  }
  return ranks;
}
