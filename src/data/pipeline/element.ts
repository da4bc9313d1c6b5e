import type { TypedArray } from '../../base/dtype.ts';
import { fail, HornbeamError } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import { isPlainObject, leavesOf, mapTree, packLike, refuseDepth, type Tree } from '../../base/tree.ts';
import { asHostTensor, KerasTensor, type Like, stringTensor, Tensor, Variable } from '../../tensor/index.ts';
import { holdsTensors } from '../nest.ts';

/** A leaf as functions and sources return it. */
type Leaf = Tensor | Variable | TypedArray | string | number | boolean;
/** Nested arrays whose elements are all equally deep. */
type ArrayOf<T, Depth extends 1[] = []> = Depth['length'] extends 8
  ? never
  : readonly T[] | ArrayOf<readonly T[], [...Depth, 1]>;
type PlainArray = ArrayOf<number | boolean> | ArrayOf<string>;
/**
 * The element that a source's or function's value becomes: numbers, strings, typed arrays and plain nested arrays
 * become tensors. Lists of different things, or of tensors, stay lists, and objects stay objects.
 */
export type ElementOf<T> = T extends Leaf | PlainArray
  ? Tensor
  : T extends AsyncIterable<unknown>
    ? T
    : T extends object
      ? { -readonly [K in keyof T]: ElementOf<T[K]> }
      : never;
/** The parts of an element as arguments of a function: those of a list one by one, anything else as one. */
export type PartsOf<T> = T extends readonly unknown[] ? T : [element: T];

export const partsOf = (element: unknown): readonly unknown[] => (Array.isArray(element) ? element : [element]);

/** Whether a part of an element is itself a pipeline, as in windows. */
export const isPipeline = (x: unknown): boolean => typeof x === 'object' && x !== null && Symbol.asyncIterator in x;

/**
 * Whether a list is not an array because its entries are of different kinds: texts beside numbers, images beside
 * labels.
 */
const isMixed = (list: readonly unknown[]): boolean => new Set(list.map((x) => kindOf(x))).size > 1;
/** The kind and depth of an array, judged by its first element. */
function kindOf(x: unknown, depth = 0): string {
  refuseDepth(depth);
  if (Array.isArray(x)) return `[${x.length > 0 ? kindOf(x[0], depth + 1) : ''}]`;
  return typeof x === 'string' ? 'string' : 'number';
}

/** Converts what a source or function returned to an element: a nest of tensors. */
export function asElement(given: unknown, who: string, path: readonly (string | number)[] = []): unknown {
  refuseDepth(path.length);
  if (given instanceof Tensor && !(given instanceof KerasTensor)) return given;
  if (typeof given === 'string') return stringTensor([given], []);
  if (given instanceof Variable || ArrayBuffer.isView(given) || typeof given === 'number' || typeof given === 'boolean')
    return asHostTensor(given as Like);
  if (isPipeline(given)) return given;
  if (Array.isArray(given))
    return holdsTensors(given) || isMixed(given)
      ? given.map((x, k) => asElement(x, who, [...path, k]))
      : arrayOf(given as Like, who);
  if (isPlainObject(given))
    return Object.fromEntries(Object.entries(given).map(([key, x]) => [key, asElement(x, who, [...path, key])]));
  return fail(
    who,
    `${path.length > 0 ? `an element holds at ${path.join('.')}` : 'an element is'} ${show(given)}`,
    'give tensors, typed arrays, numbers, strings, or lists and objects of these',
  );
}
function arrayOf(given: Like, who: string): Tensor {
  try {
    return asHostTensor(given);
  } catch (error) {
    if (!(error instanceof HornbeamError)) throw error;
    return fail(
      who,
      `a list of plain arrays is one array: ${error.message.split('\n')[0]}`,
      'give rows of one length; where the list is to stay one, give its entries as tensors: [keras.tensor(x), keras.tensor(y)]',
    );
  }
}

const shapeOf = (leaf: unknown): string =>
  leaf instanceof Tensor ? `${leaf.dtype} ${showShape(leaf.shape)}` : 'a pipeline';
/** The form of an element as messages show it. */
export const showElement = (element: unknown): string =>
  Array.isArray(element)
    ? `[${element.map(showElement).join(', ')}]`
    : isPlainObject(element)
      ? `{ ${Object.entries(element)
          .map(([key, x]) => `${key}: ${showElement(x)}`)
          .join(', ')} }`
      : shapeOf(element);

/** Combines elements of the same form, leaf by leaf. */
export async function joined(
  elements: readonly unknown[],
  who: string,
  join: (leaves: readonly Tensor[], path: readonly (string | number)[]) => Promise<Tensor>,
): Promise<unknown> {
  const lists = elements.map((element) => leavesOf(element as Tree<unknown>));
  for (const element of elements)
    if (!areAlike(elements[0], element))
      fail(
        who,
        `elements of different forms are put together: ${showElement(elements[0])} and ${showElement(element)}`,
        'let all elements have the same parts',
      );
  const waits: Promise<Tensor>[] = [];
  mapTree(elements[0] as Tree<unknown>, (_, path) => {
    const k = waits.length;
    const leaves = lists.map((list) => list[k]);
    const other = leaves.find((leaf) => !(leaf instanceof Tensor));
    if (other !== undefined) fail(who, 'an element holds a pipeline', 'use flatMap, which makes one pipeline of many');
    const { dtype } = leaves[0] as Tensor;
    const odd = (leaves as Tensor[]).find((leaf) => leaf.dtype !== dtype);
    if (odd)
      fail(who, `tensors of ${dtype} and ${odd.dtype} are put together${at(path)}`, 'cast them to one dtype in a map');
    waits.push(join(leaves as Tensor[], path));
  });
  return packLike(elements[0] as Tree<unknown>, await Promise.all(waits));
}
/** Where in an element something is, as messages say it. */
export const at = (path: readonly (string | number)[]): string => (path.length > 0 ? ` at ${path.join('.')}` : '');
/** Whether two elements have the same parts. */
function areAlike(a: unknown, b: unknown): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((x, k) => areAlike(x, b[k]));
  if (!isPlainObject(a)) return !Array.isArray(b) && !isPlainObject(b);
  const keys = Object.keys(a);
  return (
    isPlainObject(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && areAlike(a[key], b[key]))
  );
}
