import { fail } from './errors.ts';

/** A value, or a list or plain object of such: the nests that layers and functions accept and return. */
export type Tree<T> = T | readonly Tree<T>[] | { readonly [key: string]: Tree<T> };

/** Whether something is a plain object, written as `{ … }`: not an array, a tensor or another class instance. */
export function isPlainObject(x: unknown): x is Record<string, unknown> {
  if (typeof x !== 'object' || x === null) return false;
  const prototype: unknown = Object.getPrototypeOf(x);
  // Plain objects from other windows and contexts have a different Object.prototype.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** The maximum depth of nests: one that contains itself would never end. */
const deepest = 1000;
/** Refuses a nest that is too deep. */
export function refuseDepth(depth: number): void {
  if (depth > deepest)
    fail('nest', `it is nested deeper than ${deepest} times, or contains itself`, 'give a nest of tensors that ends');
}

/** Applies `f` to every leaf; lists and plain objects are walked, keys in sorted order as in Keras. */
export function mapTree<T, R>(tree: Tree<T>, f: (leaf: T, path: readonly (string | number)[]) => R): Tree<R> {
  const walk = (x: unknown, path: readonly (string | number)[]): Tree<R> => {
    refuseDepth(path.length);
    if (Array.isArray(x)) return x.map((y, i) => walk(y, [...path, i]));
    if (isPlainObject(x))
      return Object.fromEntries(
        Object.keys(x)
          .sort()
          .map((k) => [k, walk(x[k], [...path, k])]),
      );
    return f(x as T, path);
  };
  return walk(tree, []);
}

/** The leaves in order: lists by index, plain objects by sorted key. */
export function leavesOf<T>(tree: Tree<T>): T[] {
  const leaves: T[] = [];
  mapTree(tree, (leaf: T) => leaves.push(leaf));
  return leaves;
}

/** A tree of the same form, its leaves taken in order from a list. */
export function packLike<T, R>(form: Tree<T>, leaves: readonly R[]): Tree<R> {
  let at = 0;
  return mapTree(form, () => leaves[at++]);
}
