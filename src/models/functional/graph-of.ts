import { inner } from '../../layers/layer/inner.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { type FunctionalGraph, layersOf } from './functional-graph.ts';

const graphs = new WeakMap<object, FunctionalGraph>();

/** The graph of a functional model, or of a Sequential with a known input. */
export const graphOf = (model: object): FunctionalGraph | undefined => graphs.get(model);

/** Sets or removes a model's graph; its layers then belong to the model. */
export function setGraph(model: AnyLayer, graph: FunctionalGraph | undefined): void {
  if (graph) graphs.set(model, graph);
  else graphs.delete(model);
  model[inner].held = graph && layersOf(graph);
}
