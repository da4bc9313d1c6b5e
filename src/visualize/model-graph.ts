import * as activations from '../activations/index.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { sourceNameOf } from '../base/serialize.ts';
import { sizeOf } from '../base/shape.ts';
import { mapTree, type Tree } from '../base/tree.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { type AnyLayer, isLayer } from '../layers/layer.ts';
import { callsWithin } from '../models/functional-graph.ts';
import { graphOf as functionalGraphOf } from '../models/graph-of.ts';
import { Model, Sequential } from '../models/index.ts';
import type { KerasTensor, Operation } from '../tensor/index.ts';
import { callsOf } from '../tensor/index.ts';
import { insideOf } from './inside.ts';
import { infoOfTensor, type TensorInfo } from './tensor-info.ts';

export type { TensorInfo };

/** A layer, a model within the model, or an op. */
export interface ModelNode {
  /** Names from the outermost model to the node, with `/` between. */
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
  /** What is within, where it can be shown. */
  readonly inside: ModelGraph | undefined;
}

/** A place where a tensor leaves a node; without a node, the k-th input of the graph itself. */
export interface Source {
  readonly node: string | undefined;
  readonly index: number;
}
/** A place where a tensor enters a node. */
export interface Target {
  readonly node: string;
  readonly index: number;
}
export interface ModelEdge {
  readonly from: Source;
  readonly to: Target;
}

/** A model, or the inside of a layer, as plain data: nodes that may hold graphs of their own, and edges between them. */
export interface ModelGraph {
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
  readonly inputs: readonly TensorInfo[];
  /** Where each input of the graph goes. */
  readonly entries: readonly (readonly Target[])[];
  /** Where each output of the graph comes from. */
  readonly exits: readonly Source[];
}

export interface ModelGraphOptions {
  /** Whether what custom layers and subclassed models compute is found out too. Default: true. */
  readonly openLayers?: boolean;
}
const modelGraphOptions: OptionNames<ModelGraphOptions> = { openLayers: true };

/** Describes a model: its layers, how tensors flow between them, and what is inside of models and custom layers. */
export const modelGraph = exact(
  'visualization.modelGraph',
  2,
  function modelGraph(model: Model, options: ModelGraphOptions = {}): ModelNode {
    const { openLayers = true } = optionsOf('modelGraph', modelGraphOptions, options);
    if (!model.built)
      fail(
        model,
        'it is not built yet, so that its shapes are not known',
        'call it on data or on keras.Input, or build()',
      );
    return describe(model, model.name, openLayers);
  },
);

/** Describes one layer or op, and what is within. */
function describe(operation: Operation, id: string, openLayers: boolean, call = 0): ModelNode {
  const layer = typeof operation === 'function' && isLayer(operation) ? (operation as AnyLayer) : undefined;
  const node = callsOf(operation)[call];
  const ends = layer instanceof Model && functionalGraphOf(layer);
  const within = layer instanceof Model && functionalGraphOf(layer) ? graphOf(layer, id, openLayers) : undefined;
  return {
    id,
    name: operation.name,
    className: sourceNameOf(operation),
    kind: !layer ? 'op' : within ? 'model' : layer instanceof InputLayer ? 'input' : 'layer',
    inputs: ends ? infoOf(ends.inputForm) : node && infoOf(single(node.inputs)),
    outputs: ends ? infoOf(ends.outputForm) : node && infoOf(single(node.outputs)),
    params: layer?.built ? layer.countParams() : 0,
    trainableParams: layer?.built ? layer.trainableWeights.reduce((n, v) => n + sizeOf(v.shape), 0) : 0,
    trainable: layer?.trainable ?? false,
    activation: layer && activationOf(layer),
    inside: within ?? (layer && openLayers ? insideOf(layer, node, id, describe) : undefined),
  };
}
const single = (list: readonly KerasTensor[]): Tree<KerasTensor> => (list.length === 1 ? list[0]! : [...list]);
const infoOf = (form: Tree<KerasTensor>): Tree<TensorInfo> => mapTree(form, infoOfTensor);

/** The name of the function in a layer's `activation`. */
function activationOf(layer: AnyLayer): string | undefined {
  const { activation } = layer as { activation?: unknown };
  if (activation === undefined || activation === null) return undefined;
  if (typeof activation === 'function' && isLayer(activation)) return activation.name;
  const written = activations.serialize(activation);
  return typeof written === 'string' ? written : String((written as { config?: unknown }).config);
}

/** The graph of a functional or sequential model. A layer that is called more than once is one node, as in Keras. */
function graphOf(model: Model, id: string, openLayers: boolean): ModelGraph {
  const graph = functionalGraphOf(model)!;
  const { operations } = model;
  const idOf = (operation: Operation): string => `${id}/${operation.name}`;
  const nodes = operations.map((operation) => describe(operation, idOf(operation), openLayers));
  const sourceOf = (t: KerasTensor): Source => {
    const { node, index } = t.history!;
    return { node: idOf(node.operation), index };
  };
  const shown = new Set(operations);
  const edges = operations.flatMap((operation) =>
    callsWithin(graph, operation).flatMap((call) =>
      call.inputs.flatMap((t, index) =>
        shown.has(t.history!.node.operation) ? [{ from: sourceOf(t), to: { node: idOf(operation), index } }] : [],
      ),
    ),
  );
  const first = operations[0]!;
  return {
    nodes,
    edges,
    inputs: graph.inputs.map(infoOfTensor),
    entries:
      model instanceof Sequential
        ? [[{ node: idOf(first), index: 0 }]]
        : graph.inputs.map((t) => [{ node: idOf(t.history!.node.operation), index: 0 }]),
    exits: graph.outputs.map(sourceOf),
  };
}
