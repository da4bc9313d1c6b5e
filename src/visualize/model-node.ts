import type { Tree } from '../base/tree.ts';
import type { TensorInfo } from './tensor-info.ts';

/** A layer, a model within the model, or an op. */
export interface ModelNode {
  /** Names from the outermost model to the node, joined by `/`. */
  readonly id: string;
  /** Name of the layer, model or op. */
  readonly name: string;
  /** Name of its class, as files have it: `Conv2D`. */
  readonly className: string;
  /** A `model` is functional or sequential; a subclassed one is a `layer`, as its structure shows only when it is called. */
  readonly kind: 'input' | 'layer' | 'model' | 'op';
  /** Shape and dtype of each tensor that it takes, as they are nested; undefined if unknown. */
  readonly inputs: Tree<TensorInfo> | undefined;
  /** Shape and dtype of each tensor that it returns, as they are nested; undefined if unknown. */
  readonly outputs: Tree<TensorInfo> | undefined;
  /** Number of its parameters. */
  readonly params: number;
  /** Number of its parameters that training updates. */
  readonly trainableParams: number;
  /** Whether training updates it. */
  readonly trainable: boolean;
  /** Name of its activation; undefined if it has none. */
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
  /** The output where the tensor comes from. */
  readonly from: Source;
  /** The input where it goes. */
  readonly to: Target;
}

/** A model, or the inside of a layer, as plain data: nodes, which may contain graphs themselves, and edges. */
export interface ModelGraph {
  /** Layers, models and ops, in the order of their calls. */
  readonly nodes: readonly ModelNode[];
  /** The tensors between them. */
  readonly edges: readonly ModelEdge[];
  /** Shape and dtype of each input of the graph. */
  readonly inputs: readonly TensorInfo[];
  /** Where each input of the graph goes. */
  readonly entries: readonly (readonly Target[])[];
  /** Where each output of the graph comes from. */
  readonly exits: readonly Source[];
}
