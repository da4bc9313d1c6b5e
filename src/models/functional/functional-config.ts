import { fail } from '../../base/errors.ts';
import { countCalls, nextCall } from '../../base/numbered-calls.ts';
import type { Config, CustomObjects, SerializedObject } from '../../base/registry/serialize.ts';
import { mapTree, type Tree } from '../../base/tree.ts';
import { isLayer } from '../../layers/layer/layer.ts';
import { Operation as CallableOperation } from '../../layers/operation.ts';
import { OpNode } from '../../ops/op.ts';
import { completeArguments } from '../../saving/config/op-config.ts';
import {
  deserializeArguments,
  deserializeOperation,
  serializeArguments,
  serializeOperation,
  withoutImplied,
} from '../../saving/config/operation-config.ts';
import { callsOf, type GraphNode, KerasTensor, type Operation, tensorsIn } from '../../tensor/index.ts';
import { callsWithin, type FunctionalGraph } from './functional-graph.ts';

/** [name of the layer, which of its calls in the model, which of the call's outputs]. */
type History = readonly [name: string, call: number, output: number];

/** A functional model's layers, their calls, and its inputs and outputs, as Keras writes them. */
export function graphToConfig(graph: FunctionalGraph): Config {
  const position = new Map<GraphNode, number>();
  for (const operation of graph.operations) callsWithin(graph, operation).forEach((node, k) => position.set(node, k));
  const described = graph.operations.map((operation) => serializeOperation(operation));
  // Nested models are read, and call the layers shared with this one, before any of its calls is made.
  const before = new Map(graph.operations.map((operation) => [operation, nextCall(operation)]));
  const historyOf = (t: KerasTensor): History => {
    const { node, index } = t.history!;
    return [node.operation.name, before.get(node.operation)! + (position.get(node) ?? 0), index];
  };
  const layers = graph.operations.map((operation, k) => ({
    ...described[k],
    name: operation.name,
    inbound_nodes: callsWithin(graph, operation)
      .filter((node) => node.args.length > 0)
      .map((node) => serializeArguments(node, historyOf)),
  }));
  countCalls(
    graph,
    graph.operations.map((operation, k) => [operation, layers[k].inbound_nodes.length]),
  );
  // Keras counts the calls of a functional model from 1 here: the first is the one on its own inputs.
  const endOf = (t: KerasTensor): History => {
    const [name, call, output] = historyOf(t);
    return [name, t.history!.node.operation.className === 'Functional' ? call + 1 : call, output];
  };
  return {
    layers,
    input_layers: ends(graph.inputForm, endOf),
    output_layers: ends(graph.outputForm, endOf),
  };
}
const ends = (form: Tree<KerasTensor>, historyOf: (t: KerasTensor) => History): unknown =>
  mapTree<KerasTensor, object>(form, historyOf);

const isHistory = (x: unknown): x is History =>
  Array.isArray(x) && x.length === 3 && typeof x[0] === 'string' && typeof x[1] === 'number';

/** Recreates the layers and repeats their calls. */
export function graphFromConfig(
  config: Config,
  customObjects: CustomObjects = {},
): { inputs: Tree<KerasTensor>; outputs: Tree<KerasTensor> } {
  const entries = config['layers'] as (SerializedObject & { name: string; inbound_nodes: unknown[] })[];
  const operations = new Map<string, Operation>();
  const who = `Model "${String(config['name'])}"`;
  for (const entry of entries) {
    const operation = deserializeOperation(entry, customObjects);
    if (!(operation instanceof OpNode) && !isCalled(operation))
      fail(who, `"${entry.name}" is a ${entry.class_name}, which is no layer`, 'check that the file is whole');
    if (operations.has(entry.name))
      fail(who, `its config has two layers named "${entry.name}"`, 'give each layer a name of its own');
    operations.set(entry.name, operation);
  }
  // Nested models may have called a layer already, and were themselves called on their own inputs. Files number the
  // calls of this model either from 0 or from there; the first number mentioned is the first call.
  const first = firstMentioned(config);
  const base = new Map(
    entries.map(({ name, inbound_nodes: calls }) => {
      const operation = operations.get(name)!;
      const made = operation instanceof OpNode || calls.length === 0 ? 0 : callsOf(operation).length;
      return [name, made - (calls.length === 0 ? 0 : (first.get(name) ?? 0))];
    }),
  );
  const find = ([name, call, output]: History): KerasTensor | undefined => {
    const operation = operations.get(name);
    return operation && callsOf(operation)[base.get(name)! + call]?.outputs[output];
  };
  const isFunctional = (name: string): boolean => operations.get(name)?.className === 'Functional';
  const pending = new Map(entries.filter((e) => e.inbound_nodes.length > 0).map((e) => [e.name, [...e.inbound_nodes]]));
  // Calls are made as soon as their arguments exist: layers need not be listed in the order of their calls. A call with
  // a missing argument waits for the operation that produces it.
  const waiting = new Map<string, string[]>();
  const queue = [...pending.keys()];
  for (const name of queue) {
    const calls = pending.get(name);
    let made = 0;
    let missing: string | undefined;
    const look = (history: History): KerasTensor | undefined => {
      const found = find(history);
      if (!found) missing = history[0];
      return found;
    };
    while (calls && made < calls.length) {
      const call = deserializeArguments(calls[made], look, customObjects);
      if (!call) break;
      const operation = operations.get(name)!;
      callAgain(operation, isLayer(operation) ? withoutImplied(operation, call) : call);
      made++;
    }
    calls?.splice(0, made);
    if (calls?.length === 0) pending.delete(name);
    else if (calls && missing !== undefined) waiting.set(missing, [...(waiting.get(missing) ?? []), name]);
    if (made === 0) continue;
    queue.push(...(waiting.get(name) ?? []));
    waiting.delete(name);
  }
  if (pending.size > 0)
    fail(
      who,
      `its config has calls that wait for each other, or for what is not there (${[...pending.keys()].slice(0, 9).join(', ')})`,
      'check that the file is whole',
    );
  const end = (form: unknown, role: string): Tree<KerasTensor> => {
    if (isHistory(form))
      return (
        find(isFunctional(form[0]) ? [form[0], form[1] - 1, form[2]] : form) ??
        fail(who, `${role} [${form.join(', ')}] names no call in the config`, 'check that the file is whole')
      );
    if (Array.isArray(form)) return form.map((x) => end(x, role));
    return Object.fromEntries(Object.entries(form as Config).map(([k, x]) => [k, end(x, role)]));
  };
  const single = (form: unknown): unknown =>
    Array.isArray(form) && form.length === 1 && isHistory(form[0]) ? form : form;
  return {
    inputs: end(single(config['input_layers']), 'input'),
    outputs: end(single(config['output_layers']), 'output'),
  };
}

/** The lowest call number mentioned for each layer. */
function firstMentioned({ layers, input_layers, output_layers }: Config): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>();
  const mention = (name: string, call: number): void =>
    void lowest.set(name, Math.min(call, lowest.get(name) ?? Number.POSITIVE_INFINITY));
  const entries = layers as (SerializedObject & { name: string; inbound_nodes: unknown })[];
  const counts = new Map(entries.map((entry) => [entry.name, entry.class_name === 'Functional' ? 1 : 0]));
  const visit = (x: unknown): void => {
    if (isHistory(x)) mention(x[0], x[1] - (counts.get(x[0]) ?? 0));
    else if (Array.isArray(x)) x.forEach(visit);
    else if (typeof x === 'object' && x !== null) Object.values(x).forEach(visit);
  };
  visit([input_layers, output_layers]);
  counts.clear();
  visit(entries.map((entry) => entry.inbound_nodes));
  return lowest;
}

/** Whether it is a layer or an operation of a user's class, whose calls are nodes. */
const isCalled = (x: unknown): x is (...args: unknown[]) => unknown =>
  typeof x === 'function' && (isLayer(x) || x instanceof CallableOperation);

function callAgain(operation: Operation, args: readonly unknown[]): void {
  if (tensorsIn(args).length === 0)
    fail(operation, 'its config has a call without a tensor', 'check that the file is whole');
  if (isCalled(operation)) operation(...args);
  else (operation as OpNode).record(completeArguments(operation as OpNode, args));
}
