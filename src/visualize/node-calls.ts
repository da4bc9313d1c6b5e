import type { GraphNode, Operation } from '../tensor/index.ts';
import type { ModelNode } from './model-node.ts';

/** What a node stands for: a layer or op, and the call that is shown. */
export interface NodeCall {
  readonly operation: Operation;
  readonly call: GraphNode | undefined;
}
const calls = new WeakMap<object, NodeCall>();

/** Notes what a node stands for. */
export function noteCall(node: ModelNode, call: NodeCall): ModelNode {
  calls.set(node, call);
  return node;
}
/** What a node of `modelGraph` stands for: plain data does not hold it. */
export const callOf = (node: ModelNode): NodeCall | undefined => calls.get(node);
/** Lets a copy of a node stand for the same. */
export function inherit(copy: object, node: object): void {
  const call = calls.get(node);
  if (call) calls.set(copy, call);
}
