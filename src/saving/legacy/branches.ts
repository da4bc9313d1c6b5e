import { fail } from '../../base/errors.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed, type Step } from './described.ts';
import { inputFor } from './sequential.ts';

type Placed = Described & { readonly config: Config; readonly name: string };
/** A graph being put together: its layers with their calls, and the names of its inputs. */
interface Graph {
  readonly layers: Placed[];
  readonly inputs: string[];
}
const layersOf = (model: Described): unknown[] => {
  const list = isPlainObject(model.config) ? model.config['layers'] : model.config;
  return Array.isArray(list) ? list : [];
};
const beginsWithMerge = (model: Described): boolean => {
  const [first] = layersOf(model);
  return (
    model.class_name === 'Sequential' &&
    isDescribed(first) &&
    first.class_name === 'Merge' &&
    isPlainObject(first.config) &&
    Array.isArray(first.config['layers'])
  );
};

/** In Keras 1 a Sequential could begin with a Merge of other models. Today that is a graph, in which their layers stand flat, as weights do in the file. */
export const joinBranches: Step = (object, { isOld }) => {
  if (!isOld || !beginsWithMerge(object)) return object;
  const graph: Graph = { layers: [], inputs: [] };
  const last = append(graph, object, undefined);
  const config = {
    name: isPlainObject(object.config) ? (object.config['name'] ?? 'merged') : 'merged',
    layers: graph.layers,
    input_layers: graph.inputs.map((name) => [name, 0, 0]),
    output_layers: [[last, callOf(graph, last), 0]],
  };
  return { class_name: 'Functional', config };
};

/** Adds what a model does, to what a layer gives or to inputs of its own; gives the name of its last layer. */
function append(graph: Graph, model: Described, before: string | undefined): string {
  let at = before;
  const list = model.class_name === 'Sequential' ? layersOf(model) : [model];
  for (const layer of list) {
    if (!isDescribed(layer) || !isPlainObject(layer.config))
      return refuse('a branch of its Merge holds what is no layer');
    const { layers: branches, ...config } = layer.config;
    if (layer.class_name === 'Merge' && at === undefined && Array.isArray(branches)) {
      const ends = branches.map((branch) =>
        isDescribed(branch) ? append(graph, branch, undefined) : refuse('a branch of its Merge is no model'),
      );
      at = place(graph, { ...layer, config }, ends);
      continue;
    }
    if (at === undefined && layer.class_name === 'InputLayer') {
      at = place(graph, layer, []);
      graph.inputs.push(at);
      continue;
    }
    if (at === undefined) {
      const input = inputFor(layer) ?? refuse(`the layer "${String(config['name'])}" of a branch has no input shape`);
      refuseTwice(graph, config['name']);
      at = place(graph, input, []);
      graph.inputs.push(at);
    }
    at = place(graph, layer, [at]);
  }
  return at ?? refuse('a branch of its Merge is empty');
}
/** The number of the call of a layer: the first of a model is that on its own inputs. */
function callOf({ layers }: Graph, source: string): number {
  const { class_name } = layers.find(({ name }) => name === source)!;
  return ['Functional', 'Model', 'Sequential'].includes(class_name) ? 1 : 0;
}
function place(graph: Graph, layer: Described, from: readonly string[]): string {
  const config = layer.config as Config;
  const name = String(config['name'] ?? `${layer.class_name.toLowerCase()}_${graph.layers.length}`);
  refuseTwice(graph, name);
  const inbound_nodes = from.length === 0 ? [] : [from.map((source) => [source, callOf(graph, source), 0, {}])];
  graph.layers.push({ ...layer, config: { ...config, name }, name, inbound_nodes });
  return name;
}
function refuseTwice({ layers }: Graph, name: unknown): void {
  if (layers.some((other) => other.name === name))
    refuse(`two branches of its Merge have the layer "${String(name)}" in common`);
}
const refuse = (problem: string): never =>
  fail('loadModel', problem, 'make the model in code as a graph, and load the weights with { byName: true }');
