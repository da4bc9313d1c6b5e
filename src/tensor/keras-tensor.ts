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

/** A symbolic tensor: the promise of a value. Unknown sizes are `null` in `shape`; `history` says which call made it. */
export class KerasTensor extends Tensor {
  readonly name: string;
  history: { readonly node: GraphNode; readonly index: number } | undefined;

  constructor(shape: SymbolicShape, options: { dtype?: DType | undefined; name?: string | undefined } = {}) {
    const { dtype = 'float32', name } = optionsOf('KerasTensor', { dtype: true, name: true }, options);
    super({ shape: shape as unknown as Shape, dtype });
    this.name = name ?? autoName('keras_tensor');
  }
  /**
   * The shape, typed with its unknown sizes, as `ops.shape(x)` gives it. TypeScript lets a KerasTensor stand where a Tensor is
   * wanted, so that `shape` has the type of a tensor's: before you compute with a size of a symbolic tensor, take it from here.
   */
  get symbolicShape(): SymbolicShape {
    return this.shape as unknown as SymbolicShape;
  }
}
