import * as activations from '../activations/index.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { sourceNameOf } from '../base/registry/serialize.ts';
import { sizeOf } from '../base/shape.ts';
import { mapTree, type Tree } from '../base/tree.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { type AnyLayer, isLayer } from '../layers/layer/layer.ts';
import { callsWithin } from '../models/functional/functional-graph.ts';
import { graphOf as functionalGraphOf } from '../models/functional/graph-of.ts';
import { Model, Sequential } from '../models/index.ts';
import type { KerasTensor, Operation } from '../tensor/index.ts';
import { callsOf } from '../tensor/index.ts';
import { insideOf, insideOfAny } from './inside.ts';
import type { ModelEdge, ModelGraph, ModelNode, Source, Target } from './model-node.ts';
import { callOf, noteCall } from './node-calls.ts';
import { infoOfTensor, type TensorInfo } from './tensor-info.ts';

export type { ModelEdge, ModelGraph, ModelNode, Source, Target, TensorInfo };

/** Options of `modelGraph`. */
export interface ModelGraphOptions {
  /** Whether to look inside custom layers and subclassed models too. Default: true. */
  readonly openLayers?: boolean;
}
const modelGraphOptions: OptionNames<ModelGraphOptions> = { openLayers: true };

/** Describes a model: its layers, how tensors flow between them, and the insides of models and custom layers. */
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
  const described: ModelNode = {
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
  return noteCall(described, { operation, call: node });
}

/** The graph of a library layer, op by op, if its `call` accepts symbolic tensors. */
export function opsWithin(node: ModelNode): ModelGraph | undefined {
  const { operation, call } = callOf(node) ?? {};
  if (typeof operation !== 'function' || !isLayer(operation)) return undefined;
  return insideOfAny(operation as AnyLayer, call, node.id, describe);
}
const single = (list: readonly KerasTensor[]): Tree<KerasTensor> => (list.length === 1 ? list[0] : [...list]);
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
  const first = operations[0];
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
