import { divide } from '../../ops/index.ts';
import { currentStatelessScope, type Tensor, type Variable } from '../../tensor/index.ts';
import type { AnyLayer } from './layer.ts';
import { flattenLayers } from './tracking.ts';

/** Losses that layers added in their last call. */
const added = new WeakMap<object, Tensor[]>();

export const addedLosses = (layer: object): readonly Tensor[] => added.get(layer) ?? [];
export function addLossOf(layer: object, loss: Tensor): void {
  const scope = currentStatelessScope();
  if (scope?.collectLosses) scope.addLoss(loss);
  added.set(layer, [...addedLosses(layer), loss]);
}
/** Drops what was added to the loss in a layer and those within. */
export const forgetLosses = (layer: AnyLayer): void => {
  for (const each of flattenLayers(layer)) added.delete(each);
};

/** The penalty on an output, for each example of the batch. */
export const activityPenalty = (penalty: (y: Tensor) => Tensor, output: Tensor): Tensor =>
  divide(penalty(output), output.shape[0] ?? 1);
/** Penalties on weights. */
export const weightPenalties = (weights: readonly Variable[]): Tensor[] =>
  weights.flatMap((v) => (v.regularizer ? [v.regularizer(v.read())] : []));
