/** What `keras.data` is: pipelines of elements, with the words of tf.data. */
export {
  AUTOTUNE,
  type BatchOptions,
  Dataset,
  type EnumerateOptions,
  INFINITE_CARDINALITY,
  type InterleaveOptions,
  type MapOptions,
  type PaddedBatchOptions,
  type ShuffleOptions,
  UNKNOWN_CARDINALITY,
  type WindowOf,
  type WindowOptions,
} from '../data/pipeline/dataset.ts';
export type { ElementOf, PartsOf } from '../data/pipeline/element.ts';
