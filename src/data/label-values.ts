import type { Tree } from '../base/tree.ts';
import type { Batch } from './batches.ts';

/** Numbers of all samples in JavaScript's memory. */
export interface LabelValues {
  readonly data: ArrayLike<number>;
}

/**
 * All labels of the data that a batch was cut from, if available, so that mistakes in them are reported before a step
 * runs.
 */
export const labelsBehind = new WeakMap<Batch, Tree<LabelValues | undefined>>();
