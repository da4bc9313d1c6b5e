import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import { type GraphNode, KerasTensor, type Operation } from '../../tensor/index.ts';

/** The part of the functional graph between given inputs and outputs. */
export interface Graph {
  /** Calls in topological order. */
  readonly nodes: readonly GraphNode[];
  /** Layers and ops, from the inputs (greatest depth) to the outputs, as Keras lists them. */
  readonly operations: readonly Operation[];
  /** Depth of each call: 0 at the outputs. */
  readonly depths: ReadonlyMap<GraphNode, number>;
}

const historyOf = (t: KerasTensor): GraphNode | undefined => t.history?.node;
export const parentsOf = (node: GraphNode): GraphNode[] => node.inputs.flatMap((t) => historyOf(t) ?? []);

/** Follows outputs back to inputs. Every path must end in one of the inputs. */
export function mapGraph(who: string, inputs: readonly KerasTensor[], outputs: readonly KerasTensor[]): Graph {
  const { nodes, order } = visitBackwards(who, new Set(inputs), outputs);
  const depths = new Map<GraphNode, number>();
  const operationDepths = new Map<Operation, number>();
  for (const node of nodes.toReversed()) {
    const depth = Math.max(depths.get(node) ?? 0, operationDepths.get(node.operation) ?? 0);
    operationDepths.set(node.operation, depth);
    depths.set(node, depth);
    if (node.inputs.every((t) => inputs.includes(t)) && node.outputs.some((t) => inputs.includes(t))) continue;
    for (const parent of parentsOf(node)) depths.set(parent, Math.max(depth + 1, depths.get(parent) ?? 0));
  }
  for (const t of inputs) {
    const node = historyOf(t);
    if (!node || operationDepths.has(node.operation)) continue;
    operationDepths.set(node.operation, 0);
    depths.set(node, 0);
    order.set(node.operation, -1);
  }
  const descending = (a: number, b: number): number => b - a;
  const operations = [...operationDepths.keys()].sort(
    (a, b) => descending(operationDepths.get(a)!, operationDepths.get(b)!) || order.get(a)! - order.get(b)!,
  );
  // As in Keras, calls of the same depth are ordered as encountered from the outputs: a shared layer draws random
  // numbers and updates its averages in that order.
  const sorted = [...depths].sort(([, a], [, b]) => descending(a, b)).map(([node]) => node);
  return { nodes: sorted, operations, depths };
}

/** All nodes the outputs depend on, in topological order, and the order in which operations were first encountered. */
function visitBackwards(who: string, inputs: ReadonlySet<KerasTensor>, outputs: readonly KerasTensor[]) {
  const nodes: GraphNode[] = [];
  const done = new Set<GraphNode>();
  const order = new Map<Operation, number>();
  // The path from an output to the current node, with its next input to follow; models may be deeper than the call
  // stack.
  const way: { readonly node: GraphNode; readonly inputs: readonly KerasTensor[]; next: number }[] = [];
  const enter = (t: KerasTensor, wantedBy: string): void => {
    const node = historyOf(t);
    // A function may start at a KerasTensor that was not produced by a call.
    if (!node && inputs.has(t)) return;
    if (!node) disconnected(who, t, wantedBy);
    if (done.has(node)) return;
    if (!order.has(node.operation)) order.set(node.operation, order.size);
    done.add(node);
    const isEnd = inputs.has(t);
    if (!isEnd && node.inputs.length === 0) disconnected(who, t, wantedBy);
    way.push({ node, inputs: isEnd ? [] : node.inputs, next: 0 });
  };
  outputs.forEach((t, k) => {
    enter(t, `output ${k}`);
    for (let last = way.at(-1); last; last = way.at(-1)) {
      const input = last.inputs[last.next++];
      if (input) enter(input, `"${last.node.operation.name}"`);
      else nodes.push(way.pop()!.node);
    }
  });
  return { nodes, order };
}

function disconnected(who: string, t: KerasTensor, wantedBy: string): never {
  const isInput = t.history?.node.inputs.length === 0;
  return fail(
    who,
    `the graph is disconnected: ${wantedBy} needs KerasTensor "${t.name}" of shape ${showShape(t.symbolicShape)}, which ${isInput ? 'is an Input that is not among the inputs of the model' : 'no layer made and is no Input'}`,
    isInput
      ? `add "${t.name}" to \`inputs\``
      : 'begin from keras.Input({ shape }) and reach every output through layers and ops',
  );
}

/** Checks that outputs are symbolic: a concrete value does not depend on any Input. */
export function requireSymbolic(
  who: string,
  role: string,
  tensors: readonly unknown[],
): asserts tensors is readonly KerasTensor[] {
  tensors.forEach((t, k) => {
    if (t instanceof KerasTensor) return;
    const shape = (t as { shape?: readonly number[] } | undefined)?.shape;
    fail(
      who,
      `${role} ${k} is ${shape ? `a concrete tensor of shape ${showShape(shape)}` : `no tensor (${String(t)})`}: it does not depend on any Input`,
      'compute it from keras.Input({ shape }) with layers and keras.ops',
    );
  });
}
