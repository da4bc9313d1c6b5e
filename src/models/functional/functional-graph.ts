import { fail } from '../../base/errors.ts';
import { type Shape, type SymbolicShape, showShape } from '../../base/shape.ts';
import { leavesOf, mapTree, type Tree } from '../../base/tree.ts';
import { InputLayer } from '../../layers/core/input-layer.ts';
import { type AnyLayer, isLayer } from '../../layers/layer/layer.ts';
import { maskOf, setMask } from '../../layers/layer/masks.ts';
import { cast, expandDims, squeeze } from '../../ops/index.ts';
import {
  asTensor,
  callsOf,
  type GraphNode,
  inNameScope,
  KerasTensor,
  type Like,
  mapTensors,
  type Operation,
  replay,
  Tensor,
} from '../../tensor/index.ts';
import { type Graph, mapGraph, requireSymbolic } from './graph.ts';

/** A functional model: inputs, outputs, and everything between them. */
export interface FunctionalGraph extends Graph {
  /** Inputs and outputs in the structure in which they were given. */
  readonly inputForm: Tree<KerasTensor>;
  readonly outputForm: Tree<KerasTensor>;
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
}

/** Finds the graph between inputs and outputs and checks it. */
export function functionalGraph(
  who: string,
  inputForm: Tree<KerasTensor>,
  outputForm: Tree<KerasTensor>,
): FunctionalGraph {
  const [inputs, outputs] = [leavesOf(inputForm), leavesOf(outputForm)];
  requireSymbolic(who, 'input', inputs);
  requireSymbolic(who, 'output', outputs);
  if (outputs.length === 0)
    fail(who, 'it has no outputs', 'pass the KerasTensors that the model shall give as `outputs`');
  const repeated = inputs.find((t, k) => inputs.indexOf(t) !== k);
  if (repeated) fail(who, `input "${repeated.name}" is given twice`, 'list each Input once');
  const graph = mapGraph(who, inputs, outputs);
  const seen = new Map<string, Operation>();
  for (const operation of graph.operations) {
    const other = seen.get(operation.name);
    if (other && other !== operation)
      fail(who, `two of its layers have the name "${operation.name}"`, 'give each layer a name of its own');
    seen.set(operation.name, operation);
  }
  return { ...graph, inputForm, outputForm, inputs, outputs };
}
/** The operation's calls that are part of the graph, in order. */
export function callsWithin(graph: Graph, operation: Operation): GraphNode[] {
  const within = nodeSets.get(graph) ?? new Set(graph.nodes);
  nodeSets.set(graph, within);
  return callsOf(operation).filter((node) => within.has(node));
}
// Computed once per graph, since it is needed for each of its operations.
const nodeSets = new WeakMap<Graph, ReadonlySet<GraphNode>>();
export const layersOf = (graph: Graph): AnyLayer[] =>
  graph.operations.filter((o): o is AnyLayer => typeof o === 'function' && isLayer(o));

/** Performs a call of a graph, or a replacement for it. */
export type DoCall = (node: GraphNode, args: readonly unknown[]) => Tree<Tensor>;
const doCall: DoCall = ({ operation }, args) => {
  const run = (): Tree<Tensor> => operation[replay](args);
  // Layers name what they compute themselves.
  return isLayer(operation) ? run() : inNameScope(operation.name, run);
};

/** Computes the outputs by repeating every call of the graph on the given tensors. */
export function runGraph(who: string, graph: FunctionalGraph, given: unknown, call = doCall): Tree<Tensor> {
  const values = new Map<KerasTensor, Tensor>();
  const tensors = matchInputs(who, graph, given);
  graph.inputs.forEach((input, k) => {
    if (tensors[k]) values.set(input, fit(who, input, tensors[k]));
  });
  for (const node of graph.nodes) {
    if (node.outputs.every((y) => values.has(y))) continue;
    if (node.inputs.some((x) => !values.has(x))) continue; // behind an optional input that was left out
    const args = mapTensors(node.args, (t) => (t instanceof KerasTensor ? values.get(t) : t)) as unknown[];
    const results = call(node, args);
    const flat: Tensor[] = [];
    mapTensors(results, (t) => flat.push(t));
    node.outputs.forEach((y, k) => values.set(y, flat[k]));
  }
  return mapTree(graph.outputForm, (y: KerasTensor) => values.get(y)!);
}

const isDictionary = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !(x instanceof Tensor) && !Array.isArray(x) && !ArrayBuffer.isView(x);

/** The given tensors in the order of the model's inputs; dictionaries are matched by name. */
function matchInputs(who: string, { inputs, inputForm }: FunctionalGraph, given: unknown): (Tensor | undefined)[] {
  const wanted = inputs.map((t) => `"${t.name}"`).join(', ');
  if (isDictionary(given)) {
    const keys = isDictionary(inputForm) ? Object.keys(inputForm).sort() : inputs.map((t) => t.name);
    return inputs.map((input, k) => {
      const value = given[keys[k]] ?? given[input.name];
      const optional = input.history?.node.operation instanceof InputLayer && input.history.node.operation.optional;
      if (value === undefined && !optional)
        fail(
          who,
          `input "${input.name}" is missing; given: ${Object.keys(given).join(', ')}`,
          `pass an object with the keys ${wanted}`,
        );
      return value === undefined || value === null ? undefined : asTensor(value as Like);
    });
  }
  const list = Array.isArray(given) ? leavesOf(given as Tree<Like>) : [given as Like];
  if (list.length !== inputs.length)
    fail(
      who,
      `it has ${inputs.length} input(s) (${wanted}), but ${list.length} were given`,
      'pass one tensor for each input',
    );
  return list.map((x) => (x === null || x === undefined ? undefined : asTensor(x)));
}

/** Casts to the input's dtype; a missing or surplus trailing axis of size 1 is corrected, as in Keras. */
function fit(who: string, input: KerasTensor, given: Tensor): Tensor {
  const want = input.symbolicShape;
  if ((given.dtype === 'string') !== (input.dtype === 'string'))
    fail(
      who,
      `input "${input.name}" is of dtype ${input.dtype}, but a tensor of dtype ${given.dtype} was given`,
      input.dtype === 'string'
        ? 'give arrays of strings'
        : 'look strings up first, or declare Input({ dtype: "string" })',
    );
  let x = given.dtype === input.dtype ? given : cast(given, input.dtype);
  if (x.shape.length === want.length - 1 && want.at(-1) === 1) x = expandDims(x, -1);
  else if (x.shape.length === want.length + 1 && x.shape.at(-1) === 1) x = squeeze(x, { axis: -1 });
  const fits = (shape: Shape, wanted: SymbolicShape): boolean =>
    shape.length === wanted.length &&
    wanted.every((n, d) => n === null || (shape[d] as number | null) === null || n === shape[d]);
  if (!fits(x.shape, want))
    fail(
      who,
      `input "${input.name}" has shape ${showShape(want)}, but a tensor of shape ${showShape(given.shape)} was given`,
      fits(given.shape, want.slice(1))
        ? 'the axis of samples is missing: batch a Dataset with .batch(size), or give one sample as a batch, keras.ops.expandDims(x, 0)'
        : 'give data of the shape that Input declares, batch axis first',
    );
  if (x !== given) setMask(x, maskOf(given));
  return x;
}
