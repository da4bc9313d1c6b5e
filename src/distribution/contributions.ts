import { isFloat } from '../base/dtype.ts';
import { cast, multiply, where, zerosLike } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** The weights of a rank's part of a batch; inputs of its program, since they vary from batch to batch. */
export interface Weights {
  /** Its share in the mean over the whole batch; 0 where it has no rows. */
  readonly share: Tensor;
  /** 1 on the rank that keeps running sums, 0 elsewhere. */
  readonly keeps: Tensor;
}

/**
 * Watches variables during a step on a rank's part of a batch. Afterwards `contributions` lists the changed ones with
 * what the rank adds to the sum that replaces their values, according to their `aggregation`. By default means are
 * taken, as for moving statistics; integers and seeds change alike on all ranks.
 */
export function watch(
  variables: readonly Variable[],
  { share, keeps }: Weights,
): () => { readonly v: Variable; readonly value: Tensor }[] {
  const isHere = cast(share, 'bool');
  const isKeeper = cast(keeps, 'bool');
  const watched = variables
    .filter(
      ({ aggregation, dtype }) => aggregation === 'sum' || (isFloat(dtype) && aggregation !== 'only_first_replica'),
    )
    .map((v) => {
      const before = v.read();
      if (v.aggregation !== 'sum') return { v, before, begun: before };
      // One rank holds the sum so far; the others start from 0.
      const begun = where(isKeeper, before, zerosLike(before));
      v.assign(begun);
      return { v, before, begun };
    });
  return () =>
    watched.flatMap(({ v, before, begun }) => {
      const now = v.read();
      if (now === begun) {
        if (begun !== before) v.assign(before);
        return [];
      }
      const [present, absent] =
        v.aggregation === 'sum' ? [now, begun] : [multiply(now, cast(share, v.dtype)), zerosLike(now)];
      return [{ v, value: where(isHere, present, absent) }];
    });
}
