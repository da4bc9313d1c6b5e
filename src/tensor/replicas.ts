import type { Tensor } from '../ir/tensor.ts';

/** A step of training on a part of a batch, whose other parts other processes compute with at the same time. */
export interface Replicas {
  /** The share of this part in the rows of the whole batch: 0 where it has none. */
  readonly share: Tensor;
  /** The sums of floats over all processes. */
  sum(tensors: readonly Tensor[]): Tensor[];
  /** The largest of floats over all processes, element by element. */
  largest(tensors: readonly Tensor[]): Tensor[];
}

let current: Replicas | undefined;

/** The replicas of the step that runs or is being recorded; undefined where one process has the whole batch. */
export const currentReplicas = (): Replicas | undefined => current;

/** Runs a step, or records it, as one of several replicas; undefined: what is recorded serves any step. */
export function amongReplicas<R>(replicas: Replicas | undefined, step: () => R): R {
  const before = current;
  current = replicas;
  try {
    return step();
  } finally {
    current = before;
  }
}
