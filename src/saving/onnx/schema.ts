import { many, one, type Schema } from '../../formats/protobuf.ts';

// The messages of onnx.proto3 that models are made of: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3

export interface TensorMessage {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly stringData?: readonly Uint8Array[];
  readonly int64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly doubleData?: readonly number[];
  readonly uint64Data?: readonly number[];
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
  readonly dataLocation?: number;
}
export interface AttributeMessage {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorMessage;
  readonly g?: GraphMessage;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly type?: number;
}
export interface NodeMessage {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute?: readonly AttributeMessage[];
  readonly domain?: string;
}
export interface DimensionMessage {
  readonly dimValue?: number;
  readonly dimParam?: string;
}
export interface ValueInfoMessage {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number;
      readonly shape?: { readonly dim?: readonly DimensionMessage[] };
    };
  };
}
export interface GraphMessage {
  readonly node?: readonly NodeMessage[];
  readonly name?: string;
  readonly initializer?: readonly TensorMessage[];
  readonly input?: readonly ValueInfoMessage[];
  readonly output?: readonly ValueInfoMessage[];
}
export interface ModelMessage {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly graph?: GraphMessage;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
}

const entry: Schema = { key: one(1, 'string'), value: one(2, 'string') };
const tensor: Schema = {
  dims: many(1, 'int64'),
  dataType: one(2, 'int32'),
  floatData: many(4, 'float'),
  int32Data: many(5, 'int32'),
  stringData: many(6, 'bytes'),
  int64Data: many(7, 'int64'),
  name: one(8, 'string'),
  rawData: one(9, 'bytes'),
  doubleData: many(10, 'double'),
  uint64Data: many(11, 'uint64'),
  externalData: many(13, entry),
  dataLocation: one(14, 'int32'),
};
const dimension: Schema = { dimValue: one(1, 'int64'), dimParam: one(2, 'string') };
const shape: Schema = { dim: many(1, dimension) };
const tensorType: Schema = { elemType: one(1, 'int32'), shape: one(2, shape) };
const valueInfo: Schema = { name: one(1, 'string'), type: one(2, { tensorType: one(1, tensorType) }) };
const attribute: Schema = {
  name: one(1, 'string'),
  f: one(2, 'float'),
  i: one(3, 'int64'),
  s: one(4, 'bytes'),
  t: one(5, tensor),
  floats: many(7, 'float'),
  ints: many(8, 'int64'),
  strings: many(9, 'bytes'),
  type: one(20, 'int32'),
};
const node: Schema = {
  input: many(1, 'string'),
  output: many(2, 'string'),
  name: one(3, 'string'),
  opType: one(4, 'string'),
  attribute: many(5, attribute),
  domain: one(7, 'string'),
};
const graph: Schema = {
  node: many(1, node),
  name: one(2, 'string'),
  initializer: many(5, tensor),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
};
/** The whole file around its graph. */
const model = {
  irVersion: one(1, 'int64'),
  producerName: one(2, 'string'),
  producerVersion: one(3, 'string'),
  opsetImport: many(8, { domain: one(1, 'string'), version: one(2, 'int64') }),
};
/** A graph in which graphs stand within nodes: branches, and bodies of loops. */
const graphAround = (g: Schema): Schema => ({
  ...graph,
  node: many(1, { ...node, attribute: many(5, { ...attribute, g: one(6, g) }) }),
});
/** The most graphs within each other that are read. */
const deepest = 8;
/** The whole file, to a certain depth, as it is read. */
export const boundedModelSchema: Schema = {
  ...model,
  graph: one(
    7,
    Array.from({ length: deepest }).reduce<Schema>((within) => graphAround(within), graph),
  ),
};

const nested: Record<string, Schema[string]> = { ...attribute };
const nestedGraph: Schema = { ...graph, node: many(1, { ...node, attribute: many(5, nested) }) };
nested['g'] = one(6, nestedGraph);
/** The whole file, as it is written. */
export const modelSchema: Schema = { ...model, graph: one(7, nestedGraph) };
