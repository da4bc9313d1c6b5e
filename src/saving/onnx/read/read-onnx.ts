import { fail } from '../../../base/errors.ts';
import { bytesOf } from '../../../formats/file.ts';
import { readPart } from '../../../formats/file-part.ts';
import { checkRelativePath } from '../../../formats/relative-path.ts';
import { KerasTensor } from '../../../tensor/index.ts';
import type { SavedModel } from '../../keras/keras-file.ts';
import type { Found } from '../../model-format.ts';
import { functional, inputOf, plainName } from './functional.ts';
import { imageRules } from './images.ts';
import { knownRules } from './known.ts';
import { layerRules, type Rule } from './layers.ts';
import { type Body, type FileGraph, type ReadBeside, readGraph, who } from './model-file.ts';
import { operatorRules } from './operators.ts';
import { recurrentRules } from './recurrent.ts';
import { Scope } from './scope.ts';
import { shapingRules } from './shaping.ts';
import { subgraphRules } from './subgraphs.ts';
import { dtypeOf, plain } from './value.ts';

const rules: Readonly<Record<string, Rule | undefined>> = Object.assign(
  Object.create(null),
  layerRules,
  recurrentRules,
  operatorRules,
  shapingRules,
  knownRules,
  imageRules,
  subgraphRules,
);
/** The most nodes, and how many more loops may repeat while the file is read. */
const [most, mostRepeated] = [100_000, 20_000];

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

function refuseUnknown(graph: FileGraph): void {
  const unknown = new Map<string, number>();
  let count = 0;
  const look = ({ nodes }: Body): void => {
    count += nodes.length;
    for (const { opType, attributes } of nodes) {
      if (!rules[opType] && opType !== 'Constant') unknown.set(opType, (unknown.get(opType) ?? 0) + 1);
      for (const value of attributes.values()) if (typeof value === 'object' && 'nodes' in value) look(value);
    }
  };
  look(graph);
  if (count > most) fail(who, `it has ${count} nodes`, `give a model of at most ${most}`);
  if (unknown.size === 0) return;
  const shown = [...unknown].map(([name, count]) => `${JSON.stringify(name.slice(0, 100))} (${count})`).slice(0, 50);
  fail(
    who,
    `operators of ONNX (opset ${graph.opset}) that are not known here: ${shown.join(', ')}${unknown.size > 50 ? ` and ${unknown.size - 50} more` : ''}`,
    'export the model with other operators, or its parts without them; docs/onnx.md lists those that are read',
  );
}

function modelOf(graph: FileGraph): SavedModel {
  if (graph.inputs.length === 0) fail(who, 'the model has no inputs', 'give a model that computes something');
  const names = new Set<string>();
  const inputs = graph.inputs.map(({ name, type, shape }) => inputOf(name, shape, dtypeOf(type), names));
  const given = new Map(graph.inputs.map(({ name }, k) => [name, { t: inputs[k], last: false }]));
  const scope = new Scope({ opset: graph.opset, rules, nodesLeft: graph.nodes.length + mostRepeated }, graph, given, {
    names,
  });
  const results = scope.results().map((value, k) => {
    const t = plain(value);
    if (t instanceof KerasTensor) return t;
    return fail(who, `its output "${graph.outputs[k]}" is a constant`, 'leave that output out');
  });
  return functional(inputs, results, plainName(graph.name || 'onnx_model')) as SavedModel;
}
