import { divide } from '../../ops/index.ts';
import { currentStatelessScope, type Tensor, type Variable } from '../../tensor/index.ts';
import type { AnyLayer } from './layer.ts';
import { flattenLayers } from './tracking.ts';

/** Losses added by layers in their last call. */
const added = new WeakMap<object, Tensor[]>();

export const addedLosses = (layer: object): readonly Tensor[] => added.get(layer) ?? [];
export function addLossOf(layer: object, loss: Tensor): void {
  const put = (list: Tensor[]): void => {
    list.push(loss);
    noted?.push({ list, at: list.length - 1 });
  };
  const scope = currentStatelessScope();
  if (scope?.collectLosses) put(scope.losses);
  const list = added.get(layer) ?? [];
  put(list);
  added.set(layer, list);
}
/**
 * Runs `f`, which calls `gather` for the losses that layers have added since, and returns a result together with
 * replacements for them.
 */
export function replacingLosses<R>(f: (gather: () => Tensor[]) => readonly [R, readonly Tensor[]]): R {
  const outer = noted;
  const own: Noted[] = [];
  noted = own;
  try {
    const [result, losses] = f(() => own.map(({ list, at }) => list[at]));
    own.forEach(({ list, at }, k) => {
      list[at] = losses[k];
    });
    return result;
  } finally {
    noted = outer;
    outer?.push(...own);
  }
}
/** A list that contains a loss, and its index. */
interface Noted {
  readonly list: Tensor[];
  readonly at: number;
}
let noted: Noted[] | undefined;

/** Drops the losses added in a layer and its children. */
export const forgetLosses = (layer: AnyLayer): void => {
  for (const each of flattenLayers(layer)) added.delete(each);
};

/** The penalty on an output, per example of the batch. */
export const activityPenalty = (penalty: (y: Tensor) => Tensor, output: Tensor): Tensor =>
  divide(penalty(output), output.shape[0] ?? 1);
/** Penalties on weights. */
export const weightPenalties = (weights: readonly Variable[]): Tensor[] =>
  weights.flatMap((v) => (v.regularizer ? [v.regularizer(v.read())] : []));
