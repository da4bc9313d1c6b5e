import { divide } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** Losses that layers added in their last call. */
const added = new WeakMap<object, Tensor[]>();

export const addedLosses = (layer: object): readonly Tensor[] => added.get(layer) ?? [];
export const addLossOf = (layer: object, loss: Tensor): void => void added.set(layer, [...addedLosses(layer), loss]);
export const forgetLossesOf = (layer: object): boolean => added.delete(layer);

/** The penalty on an output, for each example of the batch. */
export const activityPenalty = (penalty: (y: Tensor) => Tensor, output: Tensor): Tensor =>
  divide(penalty(output), output.shape[0] ?? 1);
/** Penalties on weights. */
export const weightPenalties = (weights: readonly Variable[]): Tensor[] =>
  weights.flatMap((v) => (v.regularizer ? [v.regularizer(v.read())] : []));
