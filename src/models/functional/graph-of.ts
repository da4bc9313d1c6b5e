import { inner } from '../../layers/layer/inner.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { type FunctionalGraph, layersOf } from './functional-graph.ts';

const graphs = new WeakMap<object, FunctionalGraph>();

/** The graph of a functional model, or of a stack that knows its input. */
export const graphOf = (model: object): FunctionalGraph | undefined => graphs.get(model);

/** Gives a model its graph, or takes it away; the layers in it are then the model's. */
export function setGraph(model: AnyLayer, graph: FunctionalGraph | undefined): void {
  if (graph) graphs.set(model, graph);
  else graphs.delete(model);
  model[inner].held = graph && layersOf(graph);
}
