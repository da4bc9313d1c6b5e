import { fail, HornbeamError } from '../base/errors.ts';
import { withSameNames } from '../base/naming.ts';
import type { SymbolicShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { inFrame, Trace } from './frames.ts';

/** The size given to the k-th unknown axis of the arguments. */
export type Sizes = (k: number) => number;

/**
 * One recording of a body with numbers in place of the unknown sizes. A number alone does not reveal that it stands for
 * an unknown size. Where this matters before the end, for a layer that must be built in the middle of the body, the
 * body is recorded at another size up to the same place, and the sizes that differ there are unknown.
 */
interface Trial {
  /** Layer calls started so far. */
  calls: number;
  /** The shapes layers were built on, by call number. */
  readonly built: Map<number, readonly SymbolicShape[]>;
  /** Records the body at another size up to a layer call and returns the tensors the layer is called on. */
  readonly lookAhead?: (call: number) => readonly Tensor[];
  /** For a look-ahead: the call at which it ends, and what it found there. */
  readonly until?: number;
  found?: readonly Tensor[];
}
let current: Trial | undefined;

/** Ends a look-ahead. Not an Error, so that nothing in between treats it as one. */
class Stop {}

function within<R>(trial: Trial | undefined, f: () => R): R {
  const before = current;
  current = trial;
  try {
    return inFrame(new Trace(), f);
  } finally {
    current = before;
  }
}

/** Records without unknown sizes: layers are built on shapes as they are. */
export const recordKnown = <R>(f: () => R): R => within(undefined, f);

/** Records `body` at two sizes; layers on the way are built on shapes in which differing sizes are null. */
export function recordTwice<R>(body: (sizes: Sizes) => R, first: Sizes, second: Sizes): Recordings<R> {
  const built = new Map<number, readonly SymbolicShape[]>();
  const again = (sizes: Sizes): R => withSameNames(() => within({ calls: 0, built }, () => body(sizes)));
  const lookAhead = (until: number): readonly Tensor[] => {
    const trial: Trial = { calls: 0, built, until };
    try {
      withSameNames(() => within(trial, () => body(second)));
    } catch (error) {
      if (!trial.found) throw error;
    }
    return trial.found ?? refuseBranches();
  };
  return { first: within({ calls: 0, built, lookAhead }, () => body(first)), second: again(second), again };
}
export interface Recordings<R> {
  readonly first: R;
  readonly second: R;
  /** Records once more, at other sizes. */
  readonly again: (sizes: Sizes) => R;
}

/** Errors that no choice of sizes can fix: the layer would be built on an unknown size. */
const final = new WeakSet<Error>();
export const isFinal = (error: Error): boolean => final.has(error);
function unmendable<R>(f: () => R): R {
  try {
    return f();
  } catch (error) {
    if (error instanceof HornbeamError) final.add(error);
    throw error;
  }
}
const refuseBranches = (): never =>
  unmendable(() =>
    fail(
      'symbolic call',
      'which layers are called depends on a size that is unknown',
      'give the inputs that size, or call the same layers for every size',
    ),
  );

/** Announces a layer call; returns a token with which the call asks for the shapes to build on. */
export function beginLayerCall(): number {
  if (!current) return 0;
  if (current.found) throw new Stop(); // The body caught the first one and went on.
  return current.calls++;
}

/** Builds a layer, in the given call, on the shapes of tensors; sizes derived from an unknown one are null. */
export function buildOnShapes(
  call: number,
  tensors: readonly Tensor[],
  build: (shapes: readonly SymbolicShape[]) => void,
): void {
  const shapes = shapesAt(call, tensors);
  unmendable(() => build(shapes));
}

function shapesAt(call: number, tensors: readonly Tensor[]): readonly SymbolicShape[] {
  if (!current) return tensors.map((t) => t.shape);
  const known = current.built.get(call);
  if (known) return known;
  if (current.until === call) {
    current.found = tensors;
    throw new Stop();
  }
  const others = current.lookAhead?.(call);
  if (others?.length !== tensors.length) return refuseBranches();
  const shapes = tensors.map(({ shape }, k) => {
    const other = others[k].shape;
    if (other.length !== shape.length) return refuseBranches();
    return shape.map((n, d) => (n === other[d] ? n : null));
  });
  current.built.set(call, shapes);
  return shapes;
}

/** An error whose message shows as unknown those sizes that differ between recordings. */
export function withoutInventedSizes(error: HornbeamError, atOtherSize: () => unknown): HornbeamError {
  const numbers = /\d+(?:\.\d+)?/g;
  let other: unknown;
  try {
    atOtherSize();
  } catch (thrown) {
    other = thrown;
  }
  if (!(other instanceof HornbeamError)) return error;
  if (error.message.replaceAll(numbers, '#') !== other.message.replaceAll(numbers, '#')) return error;
  const seen = other.message.match(numbers) ?? [];
  let k = 0;
  error.message = error.message.replaceAll(numbers, (n) => (seen[k++] === n ? n : 'null'));
  return error;
}
