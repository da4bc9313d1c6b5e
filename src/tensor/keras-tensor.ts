import type { DType } from '../base/dtype.ts';
import { autoName } from '../base/naming.ts';
import { optionsOf } from '../base/options.ts';
import type { Shape, SymbolicShape } from '../base/shape.ts';
import type { Tree } from '../base/tree.ts';
import { Tensor } from '../ir/tensor.ts';

/** Replays a recorded call of an operation. A symbol, so that attributes of layers may have any name. */
export const replay: unique symbol = Symbol('replay');

/** Anything that makes symbolic tensors from others: a layer, a model, or an op used in a functional model. */
export interface Operation {
  readonly name: string;
  readonly className: string;
  /** Replays the recorded call on other tensors. */
  [replay](args: readonly unknown[]): Tree<Tensor>;
}
const calls = new WeakMap<Operation, GraphNode[]>();
/** The calls of an operation recorded so far, in order. */
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
  /** The call's arguments, with KerasTensors anywhere inside. */
  readonly args: readonly unknown[];
  readonly inputs: readonly KerasTensor[];
  /** The outputs, in the structure that the call returned. */
  readonly form: Tree<KerasTensor>;
  readonly outputs: readonly KerasTensor[];
}

/**
 * A shape with unknown sizes: `shape[0] * 2` does not compile. It can still be used as a `Shape`, just as a KerasTensor
 * can be used as a Tensor.
 */
export type OpenShape = { readonly [axis in 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7]: number | null } & {
  at(index: number): number | null | undefined;
  map<U>(f: (size: number | null, axis: number) => U): U[];
} & Shape;

/** The result type of a function of tensors when called on symbolic ones. */
export type Symbolic<R> = 0 extends 1 & R
  ? any
  : R extends Tensor & readonly Tensor[]
    ? KerasTensor & readonly KerasTensor[]
    : R extends Tensor
      ? KerasTensor
      : R extends readonly unknown[]
        ? { [K in keyof R]: Symbolic<R[K]> }
        : R;
/** The symbolic type accepted where a tensor, or a list of tensors, is expected; never elsewhere. */
export type SymbolicArgument<T> = 0 extends 1 & T
  ? KerasTensor
  : T extends Tensor
    ? KerasTensor
    : T extends readonly (infer E)[]
      ? [Extract<E, Tensor>] extends [never]
        ? never
        : readonly KerasTensor[]
      : never;

/**
 * A symbolic tensor: the placeholder for a value. Unknown sizes are `null` in `shape`; `history` says which call made
 * it.
 */
export class KerasTensor extends Tensor {
  /** Null for unknown sizes. */
  declare readonly shape: OpenShape;
  readonly name: string;
  /** The call that made it, and which of its outputs it is; undefined if no call made it. */
  history: { readonly node: GraphNode; readonly index: number } | undefined;

  constructor(
    shape: SymbolicShape,
    options: {
      /** Element type; float32 by default. */
      dtype?: DType | undefined;
      /** Its name; `keras_tensor`, with a number, by default. */
      name?: string | undefined;
    } = {},
    ...surplus: undefined[]
  ) {
    const { dtype = 'float32', name } = optionsOf('KerasTensor', { dtype: true, name: true }, options, surplus);
    super({ shape: shape as Shape, dtype });
    this.name = name ?? autoName('keras_tensor');
  }
  /** The shape as a plain list of numbers and nulls, as returned by `ops.shape(x)`. */
  get symbolicShape(): SymbolicShape {
    return this.shape as SymbolicShape;
  }
}
