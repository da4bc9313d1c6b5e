import type { Tree } from '../base/tree.ts';
import type { TensorInfo } from './tensor-info.ts';

/** A layer, a model within the model, or an op. */
export interface ModelNode {
  /** Names from the outermost model to the node, joined by `/`. */
  readonly id: string;
  readonly name: string;
  readonly className: string;
  /** A `model` is functional or sequential; a subclassed one is a `layer`, as its structure shows only when it is called. */
  readonly kind: 'input' | 'layer' | 'model' | 'op';
  readonly inputs: Tree<TensorInfo> | undefined;
  readonly outputs: Tree<TensorInfo> | undefined;
  readonly params: number;
  readonly trainableParams: number;
  readonly trainable: boolean;
  readonly activation: string | undefined;
  /** The inner graph, if it can be shown. */
  readonly inside: ModelGraph | undefined;
}

/** An output of a node; without a node, the k-th input of the graph itself. */
export interface Source {
  readonly node: string | undefined;
  readonly index: number;
}
/** An input of a node. */
export interface Target {
  readonly node: string;
  readonly index: number;
}
/** An edge: a tensor that goes from one node to another. */
export interface ModelEdge {
  readonly from: Source;
  readonly to: Target;
}

/** A model, or the inside of a layer, as plain data: nodes, which may contain graphs themselves, and edges. */
export interface ModelGraph {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
  readonly inputs: readonly TensorInfo[];
  /** Where each input of the graph goes. */
  readonly entries: readonly (readonly Target[])[];
  /** Where each output of the graph comes from. */
  readonly exits: readonly Source[];
}
