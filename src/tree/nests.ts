import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import { isPlainObject, refuseDepth } from '../base/tree.ts';

/** Keys and positions from the outermost structure to a place in it. */
export type Path = readonly (string | number)[];
type Child = readonly [key: string | number, value: unknown];

/** What is in a list or plain object: lists by position, objects by sorted key. Undefined for a leaf. */
export function childrenOf(x: unknown): Child[] | undefined {
  if (Array.isArray(x)) return x.map((value, k) => [k, value]);
  if (!isPlainObject(x)) return undefined;
  return Object.keys(x)
    .sort()
    .map((key) => [key, x[key]]);
}

/** A list or object like another, with other values in the order of `childrenOf`; keys stay in the order they were written in. */
export function rebuild(like: unknown, values: readonly unknown[]): unknown {
  if (Array.isArray(like)) return [...values];
  const written = Object.keys(like as object);
  const sorted = [...written].sort();
  return Object.fromEntries(written.map((key) => [key, values[sorted.indexOf(key)]]));
}

const shown = (path: Path): string => (path.length === 0 ? 'the outermost place' : `[${path.map(show).join('][')}]`);
const kindOf = (x: unknown): string => (Array.isArray(x) ? 'a list' : isPlainObject(x) ? 'an object' : show(x));

/** Refuses structures whose children differ from those of the first; returns the children of each, or undefined for leaves. */
export function sameChildren(
  who: string,
  structures: readonly unknown[],
  path: Path,
  { mayBeDeeper = false }: { mayBeDeeper?: boolean } = {},
): (readonly Child[])[] | undefined {
  refuseDepth(path.length);
  const [first, ...others] = structures;
  const children = childrenOf(first);
  const differ = (other: unknown, problem: string): never =>
    fail(
      who,
      `the structures differ at ${shown(path)}: ${problem}`,
      `give structures of one form there, not ${kindOf(first)} and ${kindOf(other)}`,
    );
  return children === undefined
    ? others.every((x) => mayBeDeeper || childrenOf(x) === undefined)
      ? undefined
      : differ(
          others.find((x) => childrenOf(x) !== undefined),
          'one goes deeper than the other',
        )
    : [
        children,
        ...others.map((other) => {
          const own = childrenOf(other);
          if (own === undefined || Array.isArray(first) !== Array.isArray(other))
            return differ(other, `one has ${kindOf(first)}, the other ${kindOf(other)}`);
          if (own.length !== children.length || own.some(([key], k) => key !== children[k][0]))
            return differ(
              other,
              Array.isArray(first)
                ? `one has ${children.length} elements, the other ${own.length}`
                : `one has the keys ${children.map(([key]) => key).join(', ')}, the other ${own.map(([key]) => key).join(', ')}`,
            );
          return own;
        }),
      ];
}
