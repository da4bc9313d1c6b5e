import { fail } from '../../../base/errors.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { protobuf } from '../../../formats/protobuf.ts';
import { type ElementType, elementType } from '../element-types.ts';
import {
  type AttributeMessage,
  boundedModelSchema,
  type GraphMessage,
  type ModelMessage,
  type NodeMessage,
  type TensorMessage,
} from '../schema.ts';

export const who = 'loadModel';
const damaged = 'export the model again, or fetch the file again';

/** An array of a file. */
export interface FileArray {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Elements row by row: 64-bit integers as numbers, halves as their bits. */
  readonly data: ArrayLike<number>;
}
export type Attribute = number | string | readonly number[] | readonly string[] | FileArray | Subgraph;
/** A node with its attributes by name. */
export interface FileNode {
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** What graphs within it read that stands around them. */
  readonly captured: readonly string[];
}
export interface FileInput {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: SymbolicShape;
}
/** Nodes in computable order, and their weights. */
export interface Body {
  readonly name: string;
  readonly nodes: readonly FileNode[];
  readonly arrays: ReadonlyMap<string, FileArray>;
  readonly outputs: readonly string[];
}
/** The graph of a file. */
export interface FileGraph extends Body {
  readonly opset: number;
  readonly inputs: readonly FileInput[];
}
/** A graph within a node. */
export interface Subgraph extends Body {
  readonly parameters: readonly string[];
  /** What it reads that stands around it. */
  readonly captured: readonly string[];
}
/** Gives bytes of another file, in which a model keeps its weights; up to its end without a length. */
export type ReadBeside = (path: string, offset: number, length: number | undefined) => Promise<Uint8Array>;

const types = new Map<number, ElementType>(
  (Object.keys(elementType) as ElementType[]).reverse().map((type) => [elementType[type], type]),
);
const typeOf = (number: number | undefined, what: string): ElementType =>
  types.get(number ?? 0) ??
  fail(who, `${what} has elements of type ${number ?? 0} of ONNX, which is not read`, 'export the model in float32');

/** Reads and checks a file. */
export async function readGraph(bytes: Uint8Array, beside: ReadBeside): Promise<FileGraph> {
  const message = (await protobuf()).decode(who, boundedModelSchema, bytes) as ModelMessage;
  const { graph, opsetImport = [] } = message;
  if (!graph) return fail(who, 'the file has no graph', damaged);
  const opset = opsetImport.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 1;
  const body = await bodyOf(graph, new Set(['']), beside);
  // Old files list weights among the inputs.
  const inputs = (graph.input ?? [])
    .filter(({ name = '' }) => !body.arrays.has(name))
    .map(({ name = '', type }): FileInput => {
      const { elemType, shape } = type?.tensorType ?? {};
      if (!shape) return fail(who, `input "${name}" has no shape`, 'export the model with the shapes of its inputs');
      const sizes = (shape.dim ?? []).map(({ dimValue }) =>
        dimValue === undefined || dimValue <= 0 ? null : dimValue,
      );
      if (sizes.length > 8 || sizes.some((n) => n !== null && n > 2 ** 31))
        fail(who, `input "${name}" has shape [${sizes.slice(0, 9).join(', ')}]`, 'give a model with at most 8 axes');
      return { name, type: typeOf(elemType, `input "${name}"`), shape: sizes };
    });
  return { ...body, opset, inputs };
}

/** The nodes of a graph, which may read what they follow and what is known around it. */
async function bodyOf(graph: GraphMessage, around: ReadonlySet<string>, beside: ReadBeside): Promise<Subgraph> {
  const arrays = new Map<string, FileArray>();
  for (const tensor of graph.initializer ?? []) {
    const name = tensor.name ?? '';
    if (name === '' || arrays.has(name))
      fail(who, `it has ${name === '' ? 'a weight without a name' : `two weights "${name}"`}`, damaged);
    arrays.set(name, arrayOf(tensor, `weight "${name}"`, await externalBytes(tensor, beside)));
  }
  const own = new Set(arrays.keys());
  const parameters: string[] = [];
  for (const { name = '' } of graph.input ?? []) {
    if (arrays.has(name)) continue;
    if (name === '' || own.has(name)) fail(who, `it has two inputs "${name}"`, damaged);
    own.add(name);
    parameters.push(name);
  }
  const captured = new Set<string>();
  const isKnown = (name: string): boolean => {
    if (own.has(name)) return true;
    if (name !== '' && around.has(name)) captured.add(name);
    return around.has(name);
  };
  const nodes: FileNode[] = [];
  for (const [k, message] of (graph.node ?? []).entries()) {
    const name = message.name || `${message.opType ?? 'node'}_${k}`;
    const hasGraphs = message.attribute?.some(({ g }) => g !== undefined) ?? false;
    const attributes = await attributesOf(message, name, hasGraphs ? new Set([...around, ...own]) : around, beside);
    const within = [...attributes.values()].flatMap((a) => (typeof a === 'object' && 'nodes' in a ? a.captured : []));
    const missing = [...(message.input ?? []), ...within].find((input) => !isKnown(input));
    if (missing !== undefined)
      fail(who, `node "${name}" reads "${missing}", which no input, weight or node before it gives`, damaged);
    for (const output of message.output ?? []) {
      if (output === '') continue;
      if (own.has(output)) fail(who, `"${output}" is given twice, by node "${name}" again`, damaged);
      own.add(output);
    }
    const domain = message.domain && message.domain !== 'ai.onnx' ? `${message.domain}.` : '';
    const { input: inputs = [], output: outputs = [], opType = '' } = message;
    nodes.push({ name, opType: domain + opType, inputs, outputs, attributes, captured: within });
  }
  const outputs = (graph.output ?? []).map(({ name = '' }) => name);
  const lost = outputs.find((name) => name === '' || !isKnown(name));
  if (outputs.length === 0 || lost !== undefined)
    fail(who, outputs.length === 0 ? 'it has no outputs' : `nothing gives its output "${lost}"`, damaged);
  return { name: graph.name ?? '', nodes, arrays, parameters, outputs, captured: [...captured] };
}

async function attributesOf(
  { attribute = [] }: NodeMessage,
  node: string,
  around: ReadonlySet<string>,
  beside: ReadBeside,
): Promise<Map<string, Attribute>> {
  const found = new Map<string, Attribute>();
  for (const a of attribute) found.set(a.name ?? '', a.g ? await bodyOf(a.g, around, beside) : attributeOf(a, node));
  return found;
}

const decoder = new TextDecoder();
function attributeOf(a: AttributeMessage, node: string): Attribute {
  if (a.t) return arrayOf(a.t, `a constant of node "${node}"`, undefined);
  if (a.floats) return a.floats;
  if (a.ints) return a.ints;
  if (a.strings) return a.strings.map((s) => decoder.decode(s));
  if (a.s) return decoder.decode(a.s);
  if (a.type === 1 || (a.f !== undefined && a.i === undefined)) return a.f ?? 0;
  if (a.type === 6 || a.type === 7) return [];
  if (a.type === 5) return fail(who, `node "${node}" has graphs within graphs that are nested too deep`, damaged);
  return a.i ?? 0;
}

const bytesOfType: Readonly<Partial<Record<ElementType, number>>> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
};
function arrayOf(tensor: TensorMessage, what: string, external: Uint8Array | undefined): FileArray {
  const type = typeOf(tensor.dataType, what);
  const width = bytesOfType[type];
  const shape = [...(tensor.dims ?? [])];
  const count = shape.reduce((n, size) => n * size, 1);
  if (width === undefined) fail(who, `${what} is of type ${type}, which is not read`, 'export the model in float32');
  if (shape.length > 8 || shape.some((n) => !Number.isSafeInteger(n) || n < 0) || !(count <= 2 ** 32))
    fail(who, `${what} has the sizes [${shape.slice(0, 9).join(', ')}]`, damaged);
  const raw = external ?? tensor.rawData;
  const listed = tensor.floatData ?? tensor.int32Data ?? tensor.int64Data ?? tensor.doubleData ?? tensor.uint64Data;
  const data = raw ? elementsOf(type, raw, count * width!, what) : (listed ?? []);
  if (data.length !== count)
    fail(who, `${what} has ${data.length} elements, its sizes [${shape.join(', ')}] want ${count}`, damaged);
  return { type, shape, data };
}
function elementsOf(type: ElementType, raw: Uint8Array, bytes: number, what: string): ArrayLike<number> {
  if (raw.length !== bytes) fail(who, `${what} has ${raw.length} bytes, its sizes want ${bytes}`, damaged);
  const { buffer } = raw.slice();
  if (type === 'int64') return Array.from(new BigInt64Array(buffer), Number);
  if (type === 'uint64') return Array.from(new BigUint64Array(buffer), Number);
  const makers = {
    float32: Float32Array,
    uint8: Uint8Array,
    int8: Int8Array,
    uint16: Uint16Array,
    int16: Int16Array,
    int32: Int32Array,
    bool: Uint8Array,
    float16: Uint16Array,
    float64: Float64Array,
    uint32: Uint32Array,
  };
  return new makers[type as keyof typeof makers](buffer);
}

/** Bytes that a model keeps in a file beside it. */
async function externalBytes(
  { externalData, dataLocation, name }: TensorMessage,
  beside: ReadBeside,
): Promise<Uint8Array | undefined> {
  if (dataLocation !== 1) return undefined;
  const entries = new Map((externalData ?? []).map(({ key = '', value = '' }) => [key, value]));
  const location = entries.get('location') ?? '';
  const offset = Number(entries.get('offset') ?? 0);
  const length = entries.has('length') ? Number(entries.get('length')) : undefined;
  const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
  const bytes = isSize(offset) && isSize(length ?? 0) ? await beside(location, offset, length) : undefined;
  if (!bytes || bytes.length !== (length ?? bytes.length))
    return fail(who, `weight "${name}" lies beyond the end of "${location}"`, damaged);
  return bytes;
}
