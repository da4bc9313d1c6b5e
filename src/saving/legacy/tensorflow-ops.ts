import { fail } from '../../base/errors.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described } from './described.ts';
import { tensorFlowFunctions, tensorFlowNodes } from './tensorflow-table.ts';

/** A TensorFlow function used as a layer in a functional model: `tf.math.add`, or a node of its graph. */
export const isTensorFlowOp = ({ class_name: name }: Described): boolean =>
  ['TFOpLambda', 'SlicingOpLambda', 'TensorFlowOpLayer'].includes(name);

interface Call {
  readonly values: readonly unknown[];
  readonly kwargs: Config;
}
/** The arguments of today's op: first the tensors, then the rest by name. */
interface OpCall {
  readonly op: string;
  readonly args: readonly unknown[];
  readonly kwargs: Config;
}
interface Entry {
  readonly op: string;
  /** Parameters in Keras's order: each is a parameter of the old function, or a fixed value. */
  readonly parameters: readonly { readonly name: string; readonly from?: string; readonly fixed?: unknown }[];
}

/** Parses a table: `math.add: Add(x1=x, x2=y)` means that `tf.math.add(x, y)` is the op `Add` with `x1` and `x2`. */
function readTable(text: string): ReadonlyMap<string, Entry> {
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line): [string, Entry] => {
        const [, names, op, list] = /^(.+): (\w+)\((.*)\)$/.exec(line)!;
        const parameters = list.split(', ').map((word) => {
          const [name, value] = word.split('=') as [string, string];
          return /^\w+$/.test(value) && !/^(true|false|\d+)$/.test(value)
            ? { name, from: value }
            : { name, fixed: JSON.parse(value) as unknown };
        });
        return [names, { op: op, parameters }];
      })
      .flatMap(([names, entry]) => names.split(' ').map((name) => [name, entry] as const)),
  );
}
let functions: ReadonlyMap<string, Entry> | undefined;
let nodes: ReadonlyMap<string, Entry> | undefined;

/** The layer as an op of today, with its calls. */
export function tensorFlowCall(layer: Described, calls: readonly Call[]): Described {
  const options = isPlainObject(layer.config) ? layer.config : {};
  const isNode = layer.class_name === 'TensorFlowOpLayer';
  const made = calls.map((call) => (isNode ? ofNode(layer, options, call) : ofFunction(layer, options, call)));
  const name = layer.name ?? options['name'];
  const op = made[0]?.op ?? 'Identity';
  return {
    ...layer,
    module: 'keras.ops',
    class_name: op,
    registered_name: op,
    config: { name },
    inbound_nodes: made.map(({ args, kwargs }) => ({ args, kwargs })),
  };
}

function ofFunction(layer: Described, options: Config, { values, kwargs }: Call): OpCall {
  const name = String(options['function'] ?? options['name']).replace(/^(tf\.)?(compat\.v1\.)?/, '');
  functions ??= readTable(tensorFlowFunctions);
  const entry = functions.get(name) ?? functions.get(name.replace(/^(math|nn)\./, '')) ?? unknown(layer, `tf.${name}`);
  // A single first argument is unwrapped in the call; a list of tensors is kept.
  const first = entry.parameters[0];
  const given: Config = { ...kwargs, [first.from ?? '']: values.length === 1 ? values[0] : values };
  return place(layer, `tf.${name}`, entry, given);
}

/** A node of TensorFlow's graph: its inputs in order, constants among them, and its attributes. */
function ofNode(layer: Described, options: Config, { values }: Call): OpCall {
  const node = nodeOf(options['node_def']);
  const constants = new Map(
    Object.entries(isPlainObject(options['constants']) ? options['constants'] : {}).map(([k, v]) => [Number(k), v]),
  );
  const inputs: unknown[] = [];
  const tensors = [...values];
  while (tensors.length > 0 || constants.has(inputs.length))
    inputs.push(constants.has(inputs.length) ? constants.get(inputs.length) : tensors.shift());
  nodes ??= readTable(tensorFlowNodes);
  const entry = nodes.get(node.op) ?? unknown(layer, node.op);
  const numbered = Object.fromEntries(inputs.map((x, k) => [`_${k}`, x]));
  if (node.op === 'ConcatV2' || node.op === 'Pack') {
    const axis = node.op === 'Pack' ? (node.attributes['axis'] ?? 0) : inputs.pop();
    return { op: entry.op, args: [inputs], kwargs: { axis } };
  }
  if (node.op === 'StridedSlice')
    return { op: entry.op, args: [inputs[0], sliceOf(inputs, node.attributes)], kwargs: {} };
  return place(layer, node.op, entry, { ...node.attributes, ...numbered }, true);
}

/** Rearranges arguments for today's op. */
function place(layer: Described, what: string, entry: Entry, given: Config, ignoresRest = false): OpCall {
  const values = entry.parameters.map(
    ({ name, from, fixed }) => [name, from === undefined ? fixed : given[from]] as const,
  );
  const used = new Set(entry.parameters.map(({ from }) => from));
  for (const [key, value] of Object.entries(given))
    if (!ignoresRest && key !== 'name' && !used.has(key) && value !== null && value !== undefined && value !== false)
      fail(
        `${layer.class_name} "${layer.name}"`,
        `${what} was called with ${key}=${JSON.stringify(value)}, which no op here takes`,
        'replace the layer in the model by ops, or by a custom layer, and load the weights',
      );
  const [first, ...rest] = values;
  const kwargs = Object.fromEntries(rest.filter(([, value]) => value !== undefined && value !== null));
  if (entry.op === 'GetItem') return { op: entry.op, args: [first[1], keyOf(kwargs['key'])], kwargs: {} };
  return { op: entry.op, args: [first[1]], kwargs };
}

function unknown(layer: Described, what: string): never {
  return fail(
    `${layer.class_name} "${layer.name}"`,
    `the model calls ${what}, for which no op is known here`,
    'rebuild the model with ops or a custom layer in its place, and load the weights of the file',
  );
}

/** A key of `x[key]` in today's form. */
function keyOf(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(keyOf);
  if (isPlainObject(x) && 'start' in x && 'stop' in x)
    return { class_name: '__slice__', config: { start: x['start'], stop: x['stop'], step: x['step'] ?? null } };
  return x === 'Ellipsis' || x === '...' ? { class_name: '__ellipsis__', config: {} } : x;
}
/** The key that a StridedSlice represents: bit k of each mask concerns axis k. */
function sliceOf(inputs: readonly unknown[], attributes: Config): unknown {
  const [begin, end, strides] = inputs.slice(1) as [number[], number[], number[]];
  const has = (mask: string, k: number): boolean => ((Number(attributes[mask] ?? 0) >> k) & 1) === 1;
  return begin.map((start, k) => {
    if (has('ellipsis_mask', k)) return { class_name: '__ellipsis__', config: {} };
    if (has('new_axis_mask', k)) return null;
    if (has('shrink_axis_mask', k)) return start;
    const config = {
      start: has('begin_mask', k) ? null : start,
      stop: has('end_mask', k) ? null : end[k],
      step: strides?.[k] ?? 1,
    };
    return { class_name: '__slice__', config };
  });
}

/** The op and the attributes of a node, from an object, its JSON, or the text form of its message. */
function nodeOf(x: unknown): { op: string; attributes: Config } {
  if (typeof x === 'string' && !x.trimStart().startsWith('{')) {
    const attributes = [...x.matchAll(/key: "(\w+)"\s*value \{\s*(\w+): (\S+)/g)].map(([, key, , value]) => [
      key,
      simple(value),
    ]);
    return { op: /\bop: "(\w+)"/.exec(x)?.[1] ?? '', attributes: Object.fromEntries(attributes) };
  }
  const node = (typeof x === 'string' ? JSON.parse(x) : (x ?? {})) as { op?: string; attr?: Record<string, Config> };
  const attributes = Object.entries(node.attr ?? {}).map(([key, value]) => [key, valueOf(value)]);
  return { op: node.op ?? '', attributes: Object.fromEntries(attributes) };
}
const simple = (text: string): unknown => (/^(true|false|-?\d+(\.\d+)?)$/.test(text) ? JSON.parse(text) : text);
/** An attribute's value: numbers are texts in the JSON of messages. */
function valueOf(attribute: Config): unknown {
  const [kind, value] = Object.entries(attribute)[0] ?? [];
  if (kind === 'list' && isPlainObject(value)) return ((Object.values(value)[0] as unknown[]) ?? []).map(Number);
  return kind === 'i' || kind === 'f' ? Number(value) : value;
}
