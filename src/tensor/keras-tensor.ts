import type { DType } from '../base/dtype.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf } from '../base/options.ts';
import type { Shape, SymbolicShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { Tensor } from '../ir/tensor.ts';

/** What does an operation's recorded call again; a symbol, so that attributes of layers may have any name. */
export const replay: unique symbol = Symbol('replay');

/** Whatever makes symbolic tensors of others: a layer, a model, or an op used in a functional model. */
export interface Operation {
  readonly name: string;
  readonly className: string;
  /** Does the recorded call again on other tensors. */
  [replay](args: readonly unknown[]): Tree<Tensor>;
}
const calls = new WeakMap<Operation, GraphNode[]>();
/** An operation's calls recorded so far, in order. */
export function callsOf(operation: Operation): GraphNode[] {
  const known = calls.get(operation);
  if (known) return known;
  const none: GraphNode[] = [];
  calls.set(operation, none);
  return none;
}

/** One call of an operation on symbolic tensors: a node of a functional model. */
export interface GraphNode {
  readonly operation: Operation;
  /** The call's arguments; KerasTensors stand anywhere within. */
  readonly args: readonly unknown[];
  readonly inputs: readonly KerasTensor[];
  /** The outputs in the nest that the call gave. */
  readonly form: Tree<KerasTensor>;
  readonly outputs: readonly KerasTensor[];
}

/**
 * A shape some of whose sizes are not known: `shape[0] * 2` does not compile. It stands where a `Shape` is wanted all the same,
 * as a KerasTensor does where a Tensor is.
 */
export type OpenShape = { readonly [axis in 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7]: number | null } & {
  at(index: number): number | null | undefined;
  map<U>(f: (size: number | null, axis: number) => U): U[];
} & Shape;

/** What a function of tensors gives for symbolic ones. */
export type Symbolic<R> = 0 extends 1 & R
  ? any
  : R extends Tensor & readonly Tensor[]
    ? KerasTensor & readonly KerasTensor[]
    : R extends Tensor
      ? KerasTensor
      : R extends readonly unknown[]
        ? { [K in keyof R]: Symbolic<R[K]> }
        : R;
/** What stands for a symbolic argument where a tensor, or a list of some, is taken; never where none is. */
export type SymbolicArgument<T> = 0 extends 1 & T
  ? KerasTensor
  : T extends Tensor
    ? KerasTensor
    : T extends readonly (infer E)[]
      ? [Extract<E, Tensor>] extends [never]
        ? never
        : readonly KerasTensor[]
      : never;

/** A symbolic tensor: the promise of a value. Unknown sizes are `null` in `shape`; `history` says which call made it. */
export class KerasTensor extends Tensor {
  /** Null where a size is not known. */
  declare readonly shape: OpenShape;
  readonly name: string;
  history: { readonly node: GraphNode; readonly index: number } | undefined;

  constructor(shape: SymbolicShape, options: { dtype?: DType | undefined; name?: string | undefined } = {}) {
    const { dtype = 'float32', name } = optionsOf('KerasTensor', { dtype: true, name: true }, options);
    super({ shape: shape as Shape, dtype });
    this.name = name ?? autoName('keras_tensor');
  }
  /** The shape as a list of numbers and nulls alone, as `ops.shape(x)` gives it. */
  get symbolicShape(): SymbolicShape {
    return this.shape as SymbolicShape;
  }
}
