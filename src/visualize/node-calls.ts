import type { GraphNode, Operation } from '../tensor/index.ts';
import type { ModelNode } from './model-node.ts';

/** The layer or op, and the call, that a node shows. */
export interface NodeCall {
  readonly operation: Operation;
  readonly call: GraphNode | undefined;
}
const calls = new WeakMap<object, NodeCall>();

/** Records what a node shows. */
export function noteCall(node: ModelNode, call: NodeCall): ModelNode {
  calls.set(node, call);
  return node;
}
/** The layer or op of a node of `modelGraph`, kept apart because nodes are plain data. */
export const callOf = (node: ModelNode): NodeCall | undefined => calls.get(node);
/** Copies the record to a copy of the node. */
export function inherit(copy: object, node: object): void {
  const call = calls.get(node);
  if (call) calls.set(copy, call);
}
