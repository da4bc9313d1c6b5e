import { sameShape } from '../../base/shape.ts';

interface Weight {
  readonly path: string;
  readonly shape: readonly number[];
}

/**
 * Paths in which automatic numbers are replaced by ranks: `block_7/dense_3/kernel` and `block_7/dense_4/kernel` become
 * `block#0/dense#0/kernel` and `block#0/dense#1/kernel`, whatever was built before.
 */
function ranked(paths: readonly string[]): string[] {
  const numbers = new Map<string, Set<number>>();
  const split = (part: string): [string, number] => {
    const [, base, number] = /^(.*?)(?:_(\d+))?$/.exec(part)!;
    return [base, number === undefined ? 0 : Number(number)];
  };
  const parts = paths.map((path) => path.replace(/:0$/, '').split('/'));
  const keyOf = (path: readonly string[], depth: number): string =>
    [...path.slice(0, depth), split(path[depth])[0]].join('/');
  for (const path of parts)
    for (let depth = 0; depth < path.length - 1; depth++) {
      const key = keyOf(path, depth);
      numbers.set(key, (numbers.get(key) ?? new Set()).add(split(path[depth])[1]));
    }
  const orders = new Map([...numbers].map(([key, found]) => [key, [...found].sort((a, b) => a - b)]));
  return parts.map((path) =>
    path
      .map((part, depth) => {
        const [base, number] = split(part);
        return depth === path.length - 1 ? part : `${base}#${orders.get(keyOf(path, depth))!.indexOf(number)}`;
      })
      .join('/'),
  );
}

/** Paths without their common prefix: the names of the enclosing models. */
function withoutCommonStart(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split('/'));
  const shortest = Math.min(...parts.map((p) => p.length)) - 1;
  let common = 0;
  while (common < shortest && parts.every((p) => p[common] === parts[0][common])) common++;
  return parts.map((p) => p.slice(common).join('/'));
}

/**
 * The weights of a layer in a file, in the order of the layer's own. A file lists trainable weights first; if another
 * part of a nested model was frozen then, the order differs, and names tell which is which. If names do not help, the
 * order stays as it is.
 */
export function matchOrder<S extends Weight>(weights: readonly Weight[], stored: readonly S[]): readonly S[] {
  if (weights.length !== stored.length || weights.length < 2) return stored;
  const paths = [weights, stored].map((list) => list.map(({ path }) => path.replace(/:0$/, '')));
  for (const name of [(p: string[]) => p, (p: string[]) => withoutCommonStart(ranked(p))]) {
    const [ours, theirs] = paths.map((p) => name(p)) as [string[], string[]];
    const places = new Map(theirs.map((path, k) => [path, k]));
    if (places.size !== theirs.length || new Set(ours).size !== ours.length) continue;
    if (!ours.every((path) => places.has(path))) continue;
    const sorted = ours.map((path) => stored[places.get(path)!]);
    if (sorted.every(({ shape }, k) => sameShape(shape, weights[k].shape))) return sorted;
  }
  return stored;
}
