/** What `keras.data` is: pipelines of elements, with the words of tf.data. */
export { AUTOTUNE } from '../data/pipeline/counts.ts';
export {
  type BatchOptions,
  Dataset,
  type EnumerateOptions,
  type GeneratorOptions,
  INFINITE_CARDINALITY,
  type MapOptions,
  type PaddedBatchOptions,
  type ShuffleOptions,
  UNKNOWN_CARDINALITY,
  type WindowOf,
  type WindowOptions,
} from '../data/pipeline/dataset.ts';
export type { ElementOf, PartsOf } from '../data/pipeline/element.ts';
export type { InterleaveOptions } from '../data/pipeline/interleaving.ts';
export type { PlainTensor } from '../data/pipeline/plain-data.ts';
export type { Signature, TensorSpec } from '../data/pipeline/signature.ts';
export type { ModuleFunction } from '../data/pipeline/threads.ts';
export { fromArrow, fromParquet } from '../data/tables/columnar.ts';
export type { Column, ColumnOptions, TableOptions } from '../data/tables/columns.ts';
export { type CsvOptions, fromCsv } from '../data/tables/csv.ts';
export { fromJsonLines } from '../data/tables/json-lines.ts';
export type { RowOf } from '../data/tables/table.ts';
