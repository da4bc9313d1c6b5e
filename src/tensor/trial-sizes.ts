import { HornbeamError } from '../base/errors.ts';
import { type SymbolicShape, sizeOf } from '../base/shape.ts';
import { leavesOf, type Tree } from '../base/tree.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensorsIn } from './leaves.ts';
import { isFinal, type Recordings, recordTwice, type Sizes, withoutInventedSizes } from './trial.ts';

/**
 * Trial values for unknown sizes. They have many divisors, so that reshapes and splits succeed, and do not occur among
 * the arguments, so that none matches a known size by chance.
 */
function trialSizes(args: readonly unknown[], inputs: readonly Tensor[]): readonly number[] {
  const taken = new Set(inputs.flatMap((t) => t.shape as SymbolicShape));
  for (const leaf of leavesOf(args as Tree<unknown>)) if (typeof leaf === 'number') taken.add(leaf);
  const free: number[] = [];
  for (let n = 2520; free.length < 4; n += 2520) if (!taken.has(n)) free.push(n);
  return free;
}

/** Successful recordings, and the unknown axes that had to be given a particular size. */
interface Found<R> {
  readonly recordings: Recordings<R>;
  readonly forced: ReadonlyMap<number, number>;
}

/**
 * First leaves all unknown sizes free; then sets as many as necessary to the sizes of other tensors; then sets one or
 * two to sizes that occur.
 */
export function firstThatWorks<R>(args: readonly unknown[], body: (sizes: Sizes) => R): Found<R> {
  const inputs = tensorsIn(args);
  const [one, two, three, four] = trialSizes(args, inputs) as [number, number, number, number];
  const free =
    (size: number, forced?: ReadonlyMap<number, number>): Sizes =>
    (k) =>
      forced?.get(k) ?? size;
  let failure: HornbeamError | undefined;
  let left = 150;
  const tried = (forced: ReadonlyMap<number, number>): Found<R> | undefined => {
    if (left-- <= 0) return undefined;
    try {
      return { recordings: recordTwice(body, free(one, forced), free(two, forced)), forced };
    } catch (error) {
      if (!(error instanceof HornbeamError) || isFinal(error)) throw error;
      failure ??= error;
      return undefined;
    }
  };
  const asItIs = tried(new Map());
  if (asItIs) return asItIs;
  const unknown = inputs.flatMap((t) => t.shape.filter((n) => n === null)).map((_, k) => k);
  for (const neighbours of [alignedSizes(inputs, 'end'), alignedSizes(inputs, 'start')]) {
    let found = neighbours.size > 1 ? tried(neighbours) : undefined;
    if (!found) continue;
    for (const k of neighbours.keys()) {
      const fewer: Map<number, number> = new Map(found.forced);
      fewer.delete(k);
      found = tried(fewer) ?? found;
    }
    return found;
  }
  const sizes = sizesThatOccur(args, inputs);
  const single = unknown.flatMap((k) => sizes.map((n) => new Map([[k, n]])));
  const double = single.flatMap((a, i) => single.slice(i + 1).map((b) => new Map([...a, ...b])));
  for (const forced of [...single, ...double.filter((both) => both.size === 2)]) {
    const found = tried(forced);
    if (found) return found;
    if (left <= 0) break;
  }
  throw withoutInventedSizes(failure!, () => recordTwice(body, free(three), free(four)));
}

/**
 * For each unknown axis, the size that another tensor has at the same position, counted from one end of the shapes.
 */
function alignedSizes(inputs: readonly Tensor[], from: 'start' | 'end'): Map<number, number> {
  const shapes = inputs.map((t) => t.shape as SymbolicShape);
  const place = (shape: SymbolicShape, d: number): number => (from === 'end' ? shape.length - d : d);
  const sizes = new Map<number, number>();
  for (const shape of shapes)
    shape.forEach((n, d) => {
      const other = sizes.get(place(shape, d)) ?? 1;
      if (n !== null && other === 1) sizes.set(place(shape, d), n);
    });
  const places = shapes.flatMap((shape) => shape.flatMap((n, d) => (n === null ? [place(shape, d)] : [])));
  return new Map(places.flatMap((at, k) => (sizes.has(at) ? [[k, sizes.get(at)!] as const] : [])));
}

/**
 * Sizes that an unknown axis may have to match: those of other axes, what remains of a target shape, and small ones.
 */
function sizesThatOccur(args: readonly unknown[], inputs: readonly Tensor[]): number[] {
  const known = inputs.flatMap((t) => t.shape as SymbolicShape).filter((n) => n !== null);
  const wanted = args.filter((x): x is number[] => Array.isArray(x) && x.every((n) => Number.isInteger(n)));
  const rest = wanted.flatMap((shape) =>
    inputs
      .map((t) => sizeOf(shape) / sizeOf(t.shape.filter((n) => n !== null)))
      .filter((n) => Number.isInteger(n) && n > 0),
  );
  return [...new Set([...known, ...rest, 1, 2, 3])];
}
