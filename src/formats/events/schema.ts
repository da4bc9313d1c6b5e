import { type Message, many, one } from '../protobuf.ts';

/**
 * The contents of event files: messages of TensorFlow (event.proto, summary.proto, tensor.proto) and of TensorBoard's
 * hyperparameter plugin, as far as they are used here.
 */
const TensorShape = { dims: many(2, { size: one(1, 'int64') }) };
export const TensorProto = {
  dtype: one(1, 'int32'),
  shape: one(2, TensorShape),
  content: one(4, 'bytes'),
  floats: many(5, 'float'),
  doubles: many(6, 'double'),
  ints: many(7, 'int32'),
  strings: many(8, 'bytes'),
  longs: many(10, 'int64'),
  bools: many(11, 'bool'),
};
const SummaryMetadata = {
  plugin: one(1, { name: one(1, 'string'), content: one(2, 'bytes') }),
  displayName: one(2, 'string'),
  description: one(3, 'string'),
  dataClass: one(4, 'int32'),
};
const Image = {
  height: one(1, 'int32'),
  width: one(2, 'int32'),
  colorSpace: one(3, 'int32'),
  encoded: one(4, 'bytes'),
};
const Histogram = {
  low: one(1, 'double'),
  high: one(2, 'double'),
  limits: many(6, 'double'),
  counts: many(7, 'double'),
};
export const SummaryValue = {
  tag: one(1, 'string'),
  simpleValue: one(2, 'float'),
  image: one(4, Image),
  histogram: one(5, Histogram),
  tensor: one(8, TensorProto),
  metadata: one(9, SummaryMetadata),
};
export const Event = {
  wallTime: one(1, 'double'),
  step: one(2, 'int64'),
  fileVersion: one(3, 'string'),
  graph: one(4, 'bytes'),
  summary: one(5, { values: many(1, SummaryValue) }),
  source: one(10, { writer: one(1, 'string') }),
};
export type EventMessage = Message<typeof Event>;
export type ValueMessage = Message<typeof SummaryValue>;
export type TensorMessage = Message<typeof TensorProto>;

const StructValue = { number: one(2, 'double'), text: one(3, 'string'), truth: one(4, 'bool') };
export const HParams = {
  version: one(1, 'int32'),
  start: one(3, {
    hparams: many(1, { key: one(1, 'string'), value: one(2, StructValue) }),
    groupName: one(4, 'string'),
    startTime: one(5, 'double'),
  }),
  end: one(4, { status: one(1, 'int32'), endTime: one(2, 'double') }),
};

/** Numbers of dtypes in `types.proto`. */
export const dtypes = { float: 1, double: 2, int32: 3, uint8: 4, string: 7, int64: 9, bool: 10 } as const;
/** Data classes in summaries' metadata. */
export const dataClasses = { scalar: 1, tensor: 2, blobs: 3 } as const;
