import { fail, HornbeamError } from '../base/errors.ts';
import { type SymbolicShape, sameShape, sizeOf } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { input } from '../ir/complex.ts';
import type { Tensor } from '../ir/tensor.ts';
import { inFrame, Trace } from './frames.ts';
import { type GraphNode, KerasTensor, type Operation } from './keras-tensor.ts';
import { mapTensors, tensorsIn } from './leaves.ts';

// Both have many divisors, so that reshapes and splits of an unknown size go through.
const trialSizes = [2520, 5040] as const;

/** A shape met while inferring, with the sizes that stand for unknown ones shown as unknown. */
export const asSymbolicShape = (shape: SymbolicShape): SymbolicShape =>
  shape.some((n) => n === trialSizes[0]) && inferring > 0 ? shape.map((n) => (n === trialSizes[0] ? null : n)) : shape;
let inferring = 0;

const hasUnknown = (t: Tensor): boolean => t instanceof KerasTensor && t.symbolicShape.some((n) => n === null);

/** Shape and dtype of a symbolic result. */
export interface SymbolicAval {
  readonly shape: SymbolicShape;
  readonly dtype: Tensor['dtype'];
}

/**
 * What `f` gives for symbolic arguments: it is recorded with every unknown size set to one number, then to another, and
 * sizes that come out different are unknown. Where unknown sizes must equal known ones (`(null, 4) · (null, 5)`), they are
 * found by trying. Variables that it reads and changes stay as they are.
 */
export function inferSymbolic<R>(
  f: (...args: readonly unknown[]) => R,
  args: readonly unknown[],
): { form: R; avals: SymbolicAval[] } {
  const attempt = (sizes: Sizes): R => {
    let at = 0;
    const stand = (t: Tensor): Tensor =>
      t instanceof KerasTensor ? input({ shape: t.symbolicShape.map((n) => n ?? sizes(at++)), dtype: t.dtype }) : t;
    return inFrame(new Trace(), () => f(...(mapTensors(args, stand) as unknown[])));
  };
  inferring++;
  try {
    return compare(args, attempt);
  } catch (error) {
    // The size tried first stands for an unknown one, and is shown so.
    if (error instanceof HornbeamError) error.message = error.message.replaceAll(/\b2520\b/g, 'null');
    throw error;
  } finally {
    inferring--;
  }
}

/** The size that the k-th unknown axis of the arguments is given. */
type Sizes = (k: number) => number;

function compare<R>(args: readonly unknown[], attempt: (sizes: Sizes) => R): { form: R; avals: SymbolicAval[] } {
  const inputs = tensorsIn(args);
  if (!inputs.some(hasUnknown)) {
    const form = attempt(() => trialSizes[0]);
    return { form, avals: tensorsIn(form).map(({ shape, dtype }) => ({ shape, dtype })) };
  }
  const { form, forced } = firstThatWorks(args, inputs, attempt);
  const first = tensorsIn(form);
  const withSize = (size: number): Tensor[] => tensorsIn(attempt((k) => forced.get(k) ?? size));
  const second = withSize(trialSizes[1]);
  if (second.length !== first.length)
    fail('symbolic call', 'the number of results depends on a size that is unknown', 'give the tensors that size');
  const others = [second, ...smaller(first, withSize)];
  const avals = first.map(({ shape, dtype }, k) => ({
    shape: others.every((o) => sameShape(shape, o[k]!.shape))
      ? shape
      : shape.map((n, d) => (others.every((o) => n === o[k]!.shape[d]) ? n : null)),
    dtype,
  }));
  return { form, avals };
}

/** Results at a small size, which a slice may shorten; nothing where they are of another kind, or none. */
function smaller(first: readonly Tensor[], withSize: (size: number) => Tensor[]): Tensor[][] {
  try {
    const found = withSize(2);
    const isAlike = found.length === first.length && found.every((t, k) => t.shape.length === first[k]!.shape.length);
    return isAlike ? [found] : [];
  } catch {
    return [];
  }
}

/** Tries all unknown sizes free; then as many as must be set as other tensors have them; then one or two set to sizes that occur. */
function firstThatWorks<R>(
  args: readonly unknown[],
  inputs: readonly Tensor[],
  attempt: (sizes: Sizes) => R,
): { form: R; forced: ReadonlyMap<number, number> } {
  let failure: unknown;
  let left = 150;
  const tried = (forced: ReadonlyMap<number, number>): { form: R; forced: ReadonlyMap<number, number> } | undefined => {
    if (left-- <= 0) return undefined;
    try {
      return { form: attempt((k) => forced.get(k) ?? trialSizes[0]), forced };
    } catch (error) {
      if (!(error instanceof HornbeamError)) throw error;
      failure ??= error;
      return undefined;
    }
  };
  const free = tried(new Map());
  if (free) return free;
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
  throw failure;
}

/** The size that another tensor has at the place of each unknown axis, counted from one end of the shapes. */
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

/** Sizes that an unknown axis may have to equal: those of other axes, what is left of a wanted shape, and few. */
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

/** Records a call of an operation on symbolic tensors: adds a node to the functional graph and gives its outputs. */
export function addNode(
  operation: Operation,
  args: readonly unknown[],
  form: unknown,
  avals: readonly SymbolicAval[],
): Tree<KerasTensor> {
  const outputs = avals.map(({ shape, dtype }) => new KerasTensor(shape, { dtype }));
  if (outputs.length === 0)
    fail(operation, 'a symbolic call gave no tensor', 'return the tensors that the call computes');
  let at = 0;
  const node: GraphNode = {
    operation,
    args,
    inputs: tensorsIn(args).filter((t) => t instanceof KerasTensor),
    form: mapTensors(form, () => outputs[at++]!) as Tree<KerasTensor>,
    outputs,
  };
  outputs.forEach((y, index) => (y.history = { node, index }));
  operation.inboundNodes.push(node);
  return node.form;
}

export const hasSymbolic = (args: unknown): boolean => tensorsIn(args).some((t) => t instanceof KerasTensor);
