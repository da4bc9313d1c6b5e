import { isFloat } from '../base/dtype.ts';
import { withFreshNames } from '../base/naming.ts';
import { findClass, getRegisteredName } from '../base/registry/serialize.ts';
import type { SymbolicShape } from '../base/shape.ts';
import { isPlainObject } from '../base/tree.ts';
import { InputLayer } from '../layers/core/input-layer.ts';
import { type AnyLayer, isLayer, mapShapes, type Shapes } from '../layers/layer/layer.ts';
import { forgetLosses } from '../layers/layer/losses.ts';
import { flattenLayers } from '../layers/layer/tracking.ts';
import {
  callsOf,
  type GraphNode,
  KerasTensor,
  mapTensors,
  type Operation,
  onlyToLookAt,
  tensorsIn,
  withAutocast,
} from '../tensor/index.ts';
import type { ModelEdge, ModelGraph, ModelNode, Source, Target } from './model-node.ts';
import { inherit } from './node-calls.ts';
import { infoOfTensor } from './tensor-info.ts';

/** Converts a layer or op to a node that shows its `call`-th call. */
type Describe = (operation: Operation, id: string, openLayers: boolean, call: number) => ModelNode;

/**
 * The graph of a custom layer or subclassed model: its `call` runs on symbolic tensors, so that every layer and op it
 * calls becomes a node. Undefined for the library's own layers, and if `call` needs values.
 */
export function insideOf(
  layer: AnyLayer,
  node: GraphNode | undefined,
  id: string,
  describe: Describe,
): ModelGraph | undefined {
  if (isBuiltIn(layer)) return undefined;
  return insideOfAny(layer, node, id, describe);
}

/** The same for any layer, including the library's own. */
export function insideOfAny(
  layer: AnyLayer,
  node: GraphNode | undefined,
  id: string,
  describe: Describe,
): ModelGraph | undefined {
  if (!layer.built || layer instanceof InputLayer) return undefined;
  const args = node?.args ?? argumentsFromBuild(layer);
  if (!args) return undefined;
  const open = trace(layer, args, id, describe, null);
  if (open) return open;
  // If `call` computes with sizes, unknown ones are replaced by two different numbers in turn; sizes that differ
  // between the runs are unknown.
  const [one, other] = [2520, 5040].map((size) => trace(layer, args, id, describe, size));
  return one && (withUnknownSizes(one, other) as ModelGraph);
}

/** Whether it is an instance of the library's class, not of a user's class of the same name. */
function isBuiltIn(layer: AnyLayer): boolean {
  const type = layer.constructor;
  if (getRegisteredName(type).includes('>')) return false;
  try {
    return (
      findClass({ module: 'keras.layers', class_name: layer.className, registered_name: null }) === (type as unknown)
    );
  } catch {
    return false;
  }
}

function argumentsFromBuild(layer: AnyLayer): unknown[] | undefined {
  const build = layer.getBuildConfig();
  if (!build) return undefined;
  const shapes = ('input_shape' in build ? [build['input_shape']] : Object.values(build)) as Shapes[];
  return shapes.map((s) =>
    mapShapes(s, (shape: SymbolicShape) => new KerasTensor(shape, { dtype: layer.computeDtype })),
  );
}

/** Runs `call` once on symbolic tensors with `unknown` in place of unknown sizes; leaves no trace in the layers. */
function trace(
  layer: AnyLayer,
  args: readonly unknown[],
  id: string,
  describe: Describe,
  unknown: number | null,
): ModelGraph | undefined {
  const layers = flattenLayers(layer);
  const callsBefore = layers.map((each) => callsOf(each).length);
  const inputs: KerasTensor[] = [];
  const standIns = withFreshNames(() =>
    mapTensors(args, (t) => {
      if (!(t instanceof KerasTensor)) return t;
      const dtype = isFloat(t.dtype) ? layer.computeDtype : t.dtype;
      const input = new KerasTensor(
        t.symbolicShape.map((n) => n ?? unknown),
        { dtype, name: `input_${inputs.length}` },
      );
      inputs.push(input);
      return input;
    }),
  ) as unknown[];
  try {
    return withFreshNames(() => {
      const full = endsInOptions(standIns) ? standIns : [...standIns, {}];
      const outputs = onlyToLookAt(() => withAutocast(layer.dtypePolicy.computeDtype, () => layer.call(...full)));
      return graphBetween(inputs, tensorsIn(outputs), id, describe);
    });
  } catch {
    return undefined; // The layer stays closed.
  } finally {
    layers.forEach((each, k) => callsOf(each).splice(callsBefore[k]));
    forgetLosses(layer);
  }
}
const endsInOptions = (args: readonly unknown[]): boolean => {
  const last = args.at(-1);
  return (
    args.length > 1 &&
    isPlainObject(last) &&
    !Object.values(last).some((x) => x instanceof KerasTensor && !('mask' in last))
  );
};

function graphBetween(
  inputs: readonly KerasTensor[],
  outputs: readonly unknown[],
  id: string,
  describe: Describe,
): ModelGraph {
  const calls: GraphNode[] = [];
  const visit = (t: unknown): void => {
    if (!(t instanceof KerasTensor) || inputs.includes(t) || !t.history || calls.includes(t.history.node)) return;
    t.history.node.inputs.forEach(visit);
    calls.push(t.history.node);
  };
  outputs.forEach(visit);
  const ids = new Map<GraphNode, string>();
  for (const { operation, ...call } of calls.map((node) => ({ node, operation: node.operation }))) {
    const base = `${id}/${operation.name}`;
    const repeated = [...ids.values()].filter((other) => other === base || other.startsWith(`${base}:`)).length;
    ids.set(call.node, repeated === 0 ? base : `${base}:${repeated}`);
  }
  const sourceOf = (t: KerasTensor): Source => {
    const k = inputs.indexOf(t);
    return k >= 0 || !t.history
      ? { node: undefined, index: k }
      : { node: ids.get(t.history.node), index: t.history.index };
  };
  const entries: Target[][] = inputs.map(() => []);
  const edges: ModelEdge[] = [];
  for (const call of calls)
    call.inputs.forEach((t, index) => {
      const [from, to] = [sourceOf(t), { node: ids.get(call)!, index }];
      if (from.node !== undefined) edges.push({ from, to });
      else entries[from.index]?.push(to);
    });
  const nodes = calls.map((call): ModelNode => {
    const { operation } = call;
    const isLayerCall = typeof operation === 'function' && isLayer(operation);
    return describe(operation, ids.get(call)!, isLayerCall, callsOf(operation).indexOf(call));
  });
  const exits = outputs.filter((t) => t instanceof KerasTensor).map(sourceOf);
  return { nodes, edges, inputs: inputs.map(infoOfTensor), entries, exits };
}

/** Merges two graphs of the same call; sizes that differ become null. */
function withUnknownSizes(one: unknown, other: unknown): unknown {
  if (typeof one === 'number' && typeof other === 'number') return one === other ? one : null;
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one;
  const otherParts = other as Record<string, unknown>;
  if (Array.isArray(one)) return one.map((x: unknown, k) => withUnknownSizes(x, otherParts[k]));
  const joined = Object.fromEntries(Object.entries(one).map(([key, x]) => [key, withUnknownSizes(x, otherParts[key])]));
  inherit(joined, one);
  return joined;
}
