import { toSnakeCase } from '../base/case.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import {
  type CustomObjects,
  customObjectScope,
  deserializeObject,
  isSerializedObject,
  remake,
  serializeObject,
} from '../base/registry/serialize.ts';
import { leavesOf, mapTree, type Tree } from '../base/tree.ts';
import { Input, InputLayer } from '../layers/core/input-layer.ts';
import { inner } from '../layers/layer/inner.ts';
import { type AnyLayer, isLayer } from '../layers/layer/layer.ts';
import { flattenLayers } from '../layers/layer/tracking.ts';
import { KerasTensor, mapTensors, type Operation, replay, type Tensor, tensorsIn } from '../tensor/index.ts';
import type { FunctionalGraph } from './functional/functional-graph.ts';
import { graphOf } from './functional/graph-of.ts';
import { Model } from './model.ts';
import { Sequential } from './sequential.ts';

/** Options of `cloneModel`. */
export interface CloneModelOptions {
  /** KerasTensors to build the clone on, in the structure of the model's inputs; by default new inputs. */
  readonly inputTensors?: Tree<KerasTensor> | null;
  /** Returns the clone's layer for a layer of the model; by default a copy made from its config. */
  readonly cloneFunction?: ((layer: AnyLayer) => AnyLayer) | null;
  /** Calls a layer of the clone, and may insert others before or after it. Functional models only. */
  readonly callFunction?: ((layer: AnyLayer, ...args: any[]) => any) | null;
  /** Whether nested models are cloned in the same way; otherwise `cloneFunction` receives them as a whole. */
  readonly recursive?: boolean;
}
const names: OptionNames<CloneModelOptions> = {
  inputTensors: true,
  cloneFunction: true,
  callFunction: true,
  recursive: true,
};
/** The clone of each original, so that shared layers stay shared. */
type Clones = Map<AnyLayer, AnyLayer>;

/**
 * A model with the same layers and new weights, compiled like the original.
 * @example keras.models.cloneModel(new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense({ units: 1 })])).countParams() // 3
 */
export const cloneModel = exact(
  'cloneModel',
  2,
  <M extends Model<any>>(model: M, options: CloneModelOptions = {}): M => {
    if (!(model instanceof Model)) fail('cloneModel', `${String(model)} is no model`, 'give a Model or Sequential');
    return clone(model, optionsOf('cloneModel', names, options), new Map()) as M;
  },
);

function clone(model: Model<any>, options: CloneModelOptions, clones: Clones): Model<any> {
  const { cloneFunction = null, callFunction = null, inputTensors, recursive = false } = options;
  const graph = graphOf(model);
  if (!graph && !(model instanceof Sequential)) {
    if (cloneFunction || callFunction || inputTensors)
      fail(model, 'its class has a call of its own, whose layers cannot be replaced', 'clone it without options');
    return deserializeObject(serializeObject(model), { [model.className]: model.constructor }) as Model<any>;
  }
  const within = { cloneFunction, callFunction, recursive };
  const cloneOf = (layer: AnyLayer): AnyLayer => {
    const known = clones.get(layer);
    if (known) return known;
    const isModel = layer instanceof Sequential || (layer instanceof Model && graphOf(layer) !== undefined);
    const made =
      recursive && isModel
        ? clone(layer, layer instanceof Sequential ? { cloneFunction, recursive } : within, clones)
        : (cloneFunction ?? again)(layer);
    clones.set(layer, made as AnyLayer);
    return made as AnyLayer;
  };
  const made =
    model instanceof Sequential
      ? cloneStack(model, graph, cloneOf, options)
      : cloneGraph(model, graph!, cloneOf, options);
  const config = model.getCompileConfig();
  if (config) made.compileFromConfig(config);
  return made;
}

/** A copy of a layer made from its config. */
const again = (layer: AnyLayer): AnyLayer => customObjectScope(functionsOf(layer), () => remake(layer));

/** The functions given to a layer and its descendants, by their names in configs. */
function functionsOf(layer: AnyLayer): CustomObjects {
  const found: Record<string, unknown> = {};
  for (const each of flattenLayers(layer)) {
    const given = Object.entries(each[inner].options).filter(([, value]) => typeof value === 'function');
    const config = given.length > 0 ? each.getConfig() : {};
    for (const [key, value] of given) {
      const written = config[toSnakeCase(key)];
      if (isSerializedObject(written) && written.class_name === 'function') found[String(written.config)] = value;
    }
  }
  return found;
}

function cloneStack(
  model: Sequential,
  graph: FunctionalGraph | undefined,
  cloneOf: (layer: AnyLayer) => AnyLayer,
  { callFunction, inputTensors }: CloneModelOptions,
): Model<any> {
  if (callFunction)
    fail(model, 'callFunction is for functional models: a stack does not call its layers', 'use cloneFunction');
  const layers = model.layers.map(cloneOf);
  const given = inputTensors ? leavesOf(inputTensors) : undefined;
  if (given && !(given.length === 1 && given[0] instanceof KerasTensor))
    fail(model, 'inputTensors must be one KerasTensor for a stack', 'give keras.Input({ shape })');
  const input = given?.[0] ?? (graph && sameInput(graph.inputs[0]));
  return new Sequential([...(input ? [input] : []), ...layers], {
    name: model.name,
    trainable: model[inner].trainable,
  });
}

function cloneGraph(
  model: Model<any>,
  graph: FunctionalGraph,
  cloneOf: (layer: AnyLayer) => AnyLayer,
  { callFunction, inputTensors }: CloneModelOptions,
): Model<any> {
  const inputs = inputTensors ?? mapTree(graph.inputForm, sameInput);
  const own = leavesOf(inputs);
  if (own.length !== graph.inputs.length || !own.every((t) => t instanceof KerasTensor))
    fail(
      model,
      `inputTensors are not ${graph.inputs.length} KerasTensor(s)`,
      'give one for each input, in the nest of model.input',
    );
  const values = new Map<KerasTensor, Tensor>(graph.inputs.map((t, k) => [t, own[k]]));
  for (const { operation, args, outputs } of graph.nodes) {
    if (outputs.every((y) => values.has(y))) continue;
    const given = mapTensors(args, (t) => (t instanceof KerasTensor ? values.get(t) : t)) as unknown[];
    const results = tensorsIn(call(operation, given, cloneOf, callFunction));
    outputs.forEach((y, k) => values.set(y, results[k]));
  }
  const outputs = mapTree(graph.outputForm, (y: KerasTensor) => values.get(y) as KerasTensor);
  return new Model<any>({ inputs, outputs, name: model.name });
}

function call(
  operation: Operation,
  args: readonly unknown[],
  cloneOf: (layer: AnyLayer) => AnyLayer,
  callFunction: CloneModelOptions['callFunction'],
): unknown {
  if (!(typeof operation === 'function' && isLayer(operation))) return operation[replay](args);
  const layer = cloneOf(operation);
  return callFunction ? callFunction(layer, ...args) : layer(...args);
}

/** A new input with the properties of another. */
const sameInput = (t: KerasTensor): KerasTensor => {
  const source = t.history?.node.operation;
  const dtype = source instanceof InputLayer ? source.declaredDtype : t.dtype;
  return Input({ batchShape: t.symbolicShape, dtype, name: t.name });
};
