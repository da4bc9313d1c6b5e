import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { isPlainObject, leavesOf, mapTree, refuseDepth, type Tree } from '../base/tree.ts';
import { childrenOf, type Path, rebuild, sameChildren } from './nests.ts';

/** What a function given to `traverse` returns to put null in a place: null itself means "leave it as it is". */
export const MAP_TO_NONE: unique symbol = Symbol('MAP_TO_NONE');

type Leaves = (...leaves: any[]) => unknown;
function requireFunction(who: string, func: unknown): void {
  if (typeof func !== 'function') fail(who, `expects a function, got ${show(func)}`, 'give (leaf) => …');
}

/**
 * Whether something is a list or a plain object. Tensors, typed arrays and objects of classes are leaves.
 * @example keras.tree.isNested([1]) // true
 */
export const isNested = exact('tree.isNested', 1, (structure: unknown): boolean => childrenOf(structure) !== undefined);

/**
 * The leaves in order: lists by position, objects by sorted key.
 * @example keras.tree.flatten({ b: [1, 2], a: 3 }) // [3, 1, 2]
 */
export const flatten = exact('tree.flatten', 1, <T = any>(structure: Tree<T>): T[] => leavesOf(structure));

/**
 * The leaves in order, each with the keys and positions that lead to it.
 * @example keras.tree.flattenWithPath({ b: [1, 2] }) // [[['b', 0], 1], [['b', 1], 2]]
 */
export const flattenWithPath = exact('tree.flattenWithPath', 1, function flattenWithPath<T = any>(structure: Tree<T>): [
  path: Path,
  leaf: T,
][] {
  const leaves: [Path, T][] = [];
  mapTree(structure, (leaf: T, path) => leaves.push([path, leaf]));
  return leaves;
});

/** Applies a function to the places where the first structure has leaves. */
function mapAll(
  who: string,
  func: Leaves,
  structures: readonly unknown[],
  options: { readonly noneIsLeaf?: boolean; readonly mayBeDeeper?: boolean } = {},
): unknown {
  const isNone = (x: unknown): boolean => x === null || x === undefined;
  const walk = (places: readonly unknown[], path: Path): unknown => {
    if (options.noneIsLeaf === false && places.some(isNone)) {
      if (places.every(isNone)) return places[0];
      const other = places.find((x) => !isNone(x));
      fail(who, `null stands beside ${show(other)}`, 'give null in the same places of all structures');
    }
    const children = sameChildren(who, places, path, options);
    if (children === undefined) return func(...places);
    const [first] = children;
    return rebuild(
      places[0],
      first.map(([key], k) =>
        walk(
          children.map((own) => own[k][1]),
          [...path, key],
        ),
      ),
    );
  };
  return walk(structures, []);
}

/** Options of `tree.mapStructure`. */
export interface MapStructureOptions {
  /** Whether the function sees null and undefined (the default), or they stay where they are. */
  readonly noneIsLeaf?: boolean;
}
/** Options behind structures: an object with nothing but `noneIsLeaf`, unless the structures have such a key themselves. */
function splitOptions(given: readonly unknown[]): [structures: readonly unknown[], options: MapStructureOptions] {
  const last = given.at(-1);
  const isOptions = (x: unknown): x is MapStructureOptions =>
    isPlainObject(x) && Object.keys(x).join() === 'noneIsLeaf' && typeof x['noneIsLeaf'] === 'boolean';
  const has = given.length > 1 && isOptions(last) && !(isPlainObject(given[0]) && 'noneIsLeaf' in given[0]);
  return has ? [given.slice(0, -1), last] : [given, {}];
}

/**
 * Applies a function to the leaves of one structure, or to those of several of the same form place by place:
 * `mapStructure(f, a, b)`. `{ noneIsLeaf: false }` may follow: null then stays null. Throws where the forms differ.
 * @example keras.tree.mapStructure((x, y) => x + y, [1, { a: 2 }], [10, { a: 20 }]) // [11, { a: 22 }]
 */
export function mapStructure(func: Leaves, ...structures: unknown[]): any {
  requireFunction('mapStructure', func);
  const [trees, options] = splitOptions(structures);
  if (trees.length === 0) fail('mapStructure', 'no structure was given', 'give one or more behind the function');
  return mapAll('mapStructure', func, trees, options);
}

/**
 * Applies a function to the places where a shallower structure has leaves; it may receive whole substructures.
 * @example keras.tree.mapStructureUpTo([0, 0], (x) => [x], [1, [2, 3]]) // [[1], [[2, 3]]]
 */
export function mapStructureUpTo(shallowStructure: unknown, func: Leaves, ...structures: unknown[]): any {
  requireFunction('mapStructureUpTo', func);
  if (structures.length === 0)
    fail('mapStructureUpTo', 'no structure was given', 'give one or more behind the function');
  const ownPlaces: Leaves = (_, ...places) => func(...places);
  return mapAll('mapStructureUpTo', ownPlaces, [shallowStructure, ...structures], { mayBeDeeper: true });
}

/**
 * Throws unless two structures have the same form: lists of one length, objects of the same keys, leaves in the same places.
 * @example keras.tree.assertSameStructure([1, [2]], [3, [4]])
 */
export const assertSameStructure = exact(
  'tree.assertSameStructure',
  2,
  function assertSameStructure(a: unknown, b: unknown): void {
    mapAll('assertSameStructure', () => 0, [a, b]);
  },
);

/**
 * Throws unless the leaves of two structures lie at the same paths.
 * @example keras.tree.assertSamePaths({ a: [1] }, { a: [2] })
 */
export const assertSamePaths = exact('tree.assertSamePaths', 2, function assertSamePaths(a: unknown, b: unknown): void {
  const pathsOf = (structure: unknown): string[] =>
    flattenWithPath(structure as Tree<unknown>).map(([path]) => JSON.stringify(path));
  const [ours, theirs] = [pathsOf(a), pathsOf(b)];
  const missing = ours.filter((path) => !theirs.includes(path));
  const extra = theirs.filter((path) => !ours.includes(path));
  if (missing.length === 0 && extra.length === 0) return;
  fail(
    'assertSamePaths',
    `the structures have leaves at other paths: ${missing.join(', ') || 'none'} only in the first, ${extra.join(', ') || 'none'} only in the second`,
    'give structures with leaves in the same places',
  );
});

/**
 * Puts a list of leaves into the form of a structure, in the order of `flatten`.
 * @example keras.tree.packSequenceAs({ b: [0, 0], a: 0 }, [7, 8, 9]) // { b: [8, 9], a: 7 }
 */
export const packSequenceAs = exact(
  'tree.packSequenceAs',
  2,
  function packSequenceAs(structure: unknown, flatSequence: readonly unknown[]): any {
    if (!Array.isArray(flatSequence))
      fail('packSequenceAs', `the leaves are ${show(flatSequence)}`, 'give a list with one leaf for each place');
    const count = leavesOf(structure as Tree<unknown>).length;
    if (count !== flatSequence.length)
      fail(
        'packSequenceAs',
        `${flatSequence.length} leaves do not fit ${count} places`,
        'give one leaf for each place',
      );
    let at = 0;
    return mapAll('packSequenceAs', () => flatSequence[at++], [structure]);
  },
);

/**
 * A copy whose lists are frozen, at every depth: what a tuple is in JavaScript.
 * @example Object.isFrozen(keras.tree.listsToTuples([1, [2]])) // true
 */
export const listsToTuples = exact('tree.listsToTuples', 1, function listsToTuples(structure: unknown): any {
  return traverse((x) => (Array.isArray(x) ? Object.freeze(x) : undefined), structure, { topDown: false });
});

/** Whether something is a shape: a list of whole numbers and nulls. */
const isShape = (x: unknown): boolean => Array.isArray(x) && x.every((n) => n === null || Number.isInteger(n));
/**
 * As `mapStructure` for one structure whose leaves are shapes: lists of whole numbers, null where a size is unknown.
 * @example keras.tree.mapShapeStructure((shape) => shape.length, { a: [null, 2], b: [[1], [3, 4, 5]] }) // { a: 2, b: [1, 3] }
 */
export const mapShapeStructure = exact(
  'tree.mapShapeStructure',
  2,
  function mapShapeStructure(func: (shape: any) => unknown, structure: unknown): any {
    requireFunction('mapShapeStructure', func);
    const walk = (x: unknown, depth: number): unknown => {
      refuseDepth(depth);
      const children = isShape(x) ? undefined : childrenOf(x);
      if (children === undefined) return func(x);
      return rebuild(
        x,
        children.map(([, child]) => walk(child, depth + 1)),
      );
    };
    return walk(structure, 0);
  },
);

/** Options of `tree.traverse`. */
export interface TraverseOptions {
  /** Whether the function sees a list or object before what is in it (the default), or after. */
  readonly topDown?: boolean;
}
const traverseOptions: OptionNames<TraverseOptions> = { topDown: true };

/**
 * Gives each list, object and leaf to a function. What it returns takes the place; null and undefined leave it as it is, and
 * `MAP_TO_NONE` puts null there. From the top down, what was replaced is not looked into.
 * @example keras.tree.traverse((x) => (Array.isArray(x) ? x.length : null), { a: [5, 6], b: 3 }) // { a: 2, b: 3 }
 */
export const traverse = exact(
  'tree.traverse',
  3,
  function traverse(func: (structure: any) => unknown, structure: unknown, options: TraverseOptions = {}): any {
    const { topDown = true } = optionsOf('traverse', traverseOptions, options);
    requireFunction('traverse', func);
    const replaced = (x: unknown, answer: unknown): unknown => (answer === MAP_TO_NONE ? null : (answer ?? x));
    const within = (x: unknown, depth: number): unknown => {
      const children = childrenOf(x);
      if (children === undefined) return x;
      return rebuild(
        x,
        children.map(([, child]) => walk(child, depth + 1)),
      );
    };
    const walk = (x: unknown, depth: number): unknown => {
      refuseDepth(depth);
      if (!topDown) {
        const inside = within(x, depth);
        return replaced(inside, func(inside));
      }
      const answer = func(x);
      return answer === null || answer === undefined ? within(x, depth) : replaced(x, answer);
    };
    return walk(structure, 0);
  },
);
