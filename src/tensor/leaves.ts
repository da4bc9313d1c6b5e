import { isPlainObject, refuseDepth } from '../base/tree.ts';
import { complex, partsOf } from '../ir/complex.ts';
import { Tensor } from '../ir/tensor.ts';
import { isTypedArray } from './like.ts';
import { Variable } from './variable.ts';

/** Rebuilds a nest of lists and plain objects with every tensor replaced; variables count as their values. */
export function mapTensors(nest: unknown, f: (t: Tensor) => unknown, depth = 0): unknown {
  refuseDepth(depth);
  if (nest instanceof Tensor) return f(nest);
  if (nest instanceof Variable) return f(nest.read());
  if (typeof nest !== 'object' || nest === null || isTypedArray(nest)) return nest;
  if (Array.isArray(nest)) return nest.map((x) => mapTensors(x, f, depth + 1));
  if (isPlainObject(nest))
    return Object.fromEntries(Object.entries(nest).map(([k, x]) => [k, mapTensors(x, f, depth + 1)]));
  return nest;
}

/** Every tensor in a nest, in order. */
export function tensorsIn(nest: unknown): Tensor[] {
  const found: Tensor[] = [];
  gather(nest, found, 0);
  return found;
}
// Layer calls use it a great deal, so it allocates nothing on the way.
function gather(nest: unknown, found: Tensor[], depth: number): void {
  refuseDepth(depth);
  if (nest instanceof Tensor) found.push(nest);
  else if (nest instanceof Variable) found.push(nest.read());
  else if (typeof nest !== 'object' || nest === null || isTypedArray(nest)) return;
  else if (Array.isArray(nest)) for (const x of nest) gather(x, found, depth + 1);
  else if (isPlainObject(nest)) for (const x of Object.values(nest)) gather(x, found, depth + 1);
}

/** The nest with its tensors replaced, in order, by those of a list. */
export function withTensors<T>(nest: T, tensors: readonly Tensor[]): T {
  let at = 0;
  return mapTensors(nest, () => tensors[at++]) as T;
}

/**
 * The program inputs or outputs for the tensors in a nest: the parts of complex ones, nothing for strings, the others
 * themselves.
 */
export const leavesIn = (nest: unknown): Tensor[] =>
  tensorsIn(nest)
    .filter((t) => t.dtype !== 'string')
    .flatMap(partsOf);
/** The nest with its leaves replaced, in order, by those of a list. */
export function withLeaves<T>(nest: T, leaves: readonly Tensor[], strings: (t: Tensor) => Tensor = (t) => t): T {
  let at = 0;
  const next = (): Tensor => leaves[at++];
  return mapTensors(nest, (t) => (t.dtype === 'string' ? strings(t) : t.parts ? complex(next(), next()) : next())) as T;
}

/** Functions and class instances by identity, so that nests containing them can be distinguished by text. */
const identities = new WeakMap<object, number>();
let identified = 0;
function identityOf(x: object): string {
  if (!identities.has(x)) identities.set(x, identified++);
  return `@${identities.get(x)}`;
}

/** A key shared by nests that differ only in the values of their tensors. */
export function signatureOf(nest: unknown, depth = 0): string {
  refuseDepth(depth);
  if (nest instanceof Variable) return signatureOf(nest.read());
  if (nest instanceof Tensor) return `${nest.dtype}[${nest.shape.join()}]`;
  if (typeof nest === 'function') return identityOf(nest);
  if (typeof nest !== 'object' || nest === null)
    return typeof nest === 'string' ? JSON.stringify(nest) : Object.is(nest, -0) ? '-0' : String(nest);
  if (Array.isArray(nest)) return `[${nest.map((x) => signatureOf(x, depth + 1)).join()}]`;
  if (isTypedArray(nest)) return `${nest.constructor.name}(${nest.join()})`;
  if (isPlainObject(nest))
    return `{${Object.entries(nest)
      .filter(([, x]) => x !== undefined)
      .map(([k, x]) => `${k}:${signatureOf(x, depth + 1)}`)
      .join()}}`;
  return identityOf(nest);
}
