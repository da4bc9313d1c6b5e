import { fail, HornbeamError } from '../../../base/errors.ts';
import { findClass } from '../../../base/registry/serialize.ts';
import { bytesOf } from '../../../formats/file.ts';
import { readPart } from '../../../formats/file-part.ts';
import { checkRelativePath } from '../../../formats/relative-path.ts';
import { InputLayer } from '../../../layers/core/input-layer.ts';
import { KerasTensor } from '../../../tensor/index.ts';
import type { SavedModel } from '../../keras/keras-file.ts';
import type { Found } from '../../model-format.ts';
import { Context } from './context.ts';
import { imageRules } from './images.ts';
import { knownRules } from './known.ts';
import { layerRules, type Rule } from './layers.ts';
import { type FileGraph, type FileNode, type ReadBeside, readGraph, who } from './model-file.ts';
import { operatorRules } from './operators.ts';
import { recurrentRules } from './recurrent.ts';
import { shapingRules } from './shaping.ts';
import { dtypeOf, plain, type Value, valueOf } from './value.ts';

const rules: Readonly<Record<string, Rule | undefined>> = Object.assign(
  Object.create(null),
  layerRules,
  recurrentRules,
  operatorRules,
  shapingRules,
  knownRules,
  imageRules,
);
/** The most nodes. */
const most = 100_000;

/** Reads the model in an `.onnx` file. */
export async function readOnnx(file: Found): Promise<SavedModel> {
  const graph = await readGraph(file.bytes!, besides(file));
  refuseUnknown(graph);
  return modelOf(graph);
}

/** Bytes of a file beside the model's, in the same folder or among the files that were given. */
function besides({ place, files }: Found): ReadBeside {
  const fetched = new Map<string, Promise<Uint8Array>>();
  return async (path, offset, length) => {
    checkRelativePath(who, path);
    const part = (bytes: Uint8Array): Uint8Array =>
      bytes.subarray(offset, length === undefined ? undefined : offset + length);
    const given = files?.find(({ name }) => name === path.split('/').at(-1));
    if (given) return bytesOf(length === undefined ? given.slice(offset) : given.slice(offset, offset + length));
    if (place === undefined)
      return fail(
        who,
        `it keeps weights in a file of their own, "${path}"`,
        'give the path of the model, or a list of its files',
      );
    const isUrl = place instanceof URL || /^[a-z]+:\/\//i.test(place);
    const there = isUrl ? new URL(path, place) : (place as string).replace(/[^/\\]*$/, '') + path;
    if (!isUrl || String(there).startsWith('file:')) return readPart(there, offset, length);
    const whole = fetched.get(path) ?? bytesOf(there);
    fetched.set(path, whole);
    return part(await whole);
  };
}

function refuseUnknown({ nodes, opset }: FileGraph): void {
  if (nodes.length > most) fail(who, `it has ${nodes.length} nodes`, `give a model of at most ${most}`);
  const unknown = new Map<string, number>();
  for (const { opType } of nodes)
    if (!rules[opType] && opType !== 'Constant') unknown.set(opType, (unknown.get(opType) ?? 0) + 1);
  if (unknown.size === 0) return;
  const shown = [...unknown].map(([name, count]) => `${JSON.stringify(name.slice(0, 100))} (${count})`).slice(0, 50);
  fail(
    who,
    `operators of ONNX (opset ${opset}) that are not known here: ${shown.join(', ')}${unknown.size > 50 ? ` and ${unknown.size - 50} more` : ''}`,
    'export the model with other operators, or its parts without them; docs/onnx.md lists those that are read',
  );
}

function modelOf(graph: FileGraph): SavedModel {
  const values = new Map<string, Value>();
  const names = new Set<string>();
  const constants = new Map<string, Value>();
  const constantAt = (name: string): Value | undefined => {
    const array = graph.arrays.get(name);
    if (!constants.has(name) && array) constants.set(name, valueOf(array));
    return constants.get(name) ?? values.get(name);
  };
  const readers = new Map<string, FileNode[]>();
  for (const node of graph.nodes)
    for (const input of new Set(node.inputs)) {
      const list = readers.get(input);
      if (list) list.push(node);
      else readers.set(input, [node]);
    }
  const outputs = new Set(graph.outputs);
  const consumer = (output: string): FileNode | undefined => {
    const list = readers.get(output) ?? [];
    return list.length === 1 && !outputs.has(output) ? list[0] : undefined;
  };
  const inputs = graph.inputs.map(({ name, type, shape }) => {
    const layerName = plainName(name, names);
    const input = new InputLayer({ batchShape: shape, dtype: dtypeOf(type), name: layerName }).output;
    values.set(name, { t: input, last: false });
    return input;
  });
  if (inputs.length === 0) fail(who, 'the model has no inputs', 'give a model that computes something');
  const batch = inputs.find(({ symbolicShape }) => symbolicShape[0] === null);
  for (const node of graph.nodes) {
    if (node.outputs.every((name) => values.has(name))) continue;
    const given = node.inputs.map((name) => (name === '' ? undefined : (values.get(name) ?? constantAt(name))));
    const context = new Context(node, graph.opset, given, batch, names, consumer, constantAt);
    const found = blamed(node, () => compute(node, context));
    node.outputs.forEach((name, k) => {
      if (name !== '' && found[k]) values.set(name, found[k]);
      else if (name !== '' && !found[k] && readers.has(name)) context.refuse(`gives no output ${k}`);
    });
    for (const [name, value] of context.also) values.set(name, value);
  }
  const results = graph.outputs.map((name) => {
    const value = values.get(name) ?? constantAt(name)!;
    const t = plain(value);
    if (t instanceof KerasTensor) return t;
    return fail(who, `its output "${name}" is a constant`, 'leave that output out');
  });
  const Functional = findClass({ class_name: 'Model', module: 'keras', registered_name: null });
  const name = plainName(graph.name || 'onnx_model', new Set());
  const options = {
    inputs: inputs.length === 1 ? inputs[0] : inputs,
    outputs: results.length === 1 ? results[0] : results,
    name,
  };
  return Reflect.construct(Functional as typeof Functional & Function, [options]) as SavedModel;
}
function compute(node: FileNode, context: Context): readonly Value[] {
  const array = node.opType === 'Constant' ? context.array('value') : undefined;
  if (array) return [valueOf(array)];
  return [rules[node.opType]!(context)].flat() as Value[];
}
/** The node that an error of a layer or op is about. */
function blamed<R>(node: FileNode, f: () => R): R {
  try {
    return f();
  } catch (error) {
    if (!(error instanceof HornbeamError) || error.message.startsWith(`${who}:`)) throw error;
    const [problem, fix] = error.message.split('\n  Fix: ');
    return fail(who, `node "${node.name}" (${node.opType}): ${problem}`, fix ?? 'export the model otherwise');
  }
}
/** A valid layer name. */
function plainName(wanted: string, names: Set<string>): string {
  const plain = wanted.replaceAll('/', '.').slice(0, 200) || 'input';
  let name = plain;
  for (let k = 1; names.has(name); k++) name = `${plain}_${k}`;
  names.add(name);
  return name;
}
