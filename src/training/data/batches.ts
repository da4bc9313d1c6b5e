import type { Tree } from '../../base/tree.ts';
import type { Like } from '../../tensor/index.ts';
import { Tensor } from '../../tensor/index.ts';

/** Arrays or tensors whose first axis counts samples: one, a list, or an object of them. */
export type Data = Tree<Like>;
/** One batch as a dataset gives it: `[x]`, `[x, y]`, `[x, y, sampleWeight]`. */
export type BatchLike = Data | readonly [x: Data, y?: Data, sampleWeight?: Data];
/** What fit, evaluate and predict take: arrays, or anything that gives batches, at once or one after the other. */
export type TrainingData =
  | Data
  | Iterable<BatchLike>
  | AsyncIterable<BatchLike>
  | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>);

/** A batch, ready for a step: nests of tensors. */
export interface Batch {
  readonly x: unknown;
  readonly y: unknown;
  readonly sampleWeight: unknown;
  /** Number of samples. */
  readonly size: number;
  /** Made for one step: nobody else holds its tensors. */
  readonly isOwn?: boolean;
}

/** A source of batches that can be gone through once for each epoch. */
export interface Dataset {
  /** Batches in one round, where that is known. */
  readonly steps: number | undefined;
  /** Forgets what the round before left over; `order` says how samples are drawn. */
  round(): AsyncIterable<Batch> | Iterable<Batch>;
}

export const isIterableOfBatches = (
  x: unknown,
): x is Iterable<BatchLike> | AsyncIterable<BatchLike> | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>) => {
  if (x === null || x === undefined || x instanceof Tensor || Array.isArray(x) || ArrayBuffer.isView(x)) return false;
  if (typeof x === 'function') return true;
  return typeof x === 'object' && (Symbol.asyncIterator in x || Symbol.iterator in x);
};
