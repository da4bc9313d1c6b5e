import { isFloat } from '../base/dtype.ts';
import { cast, multiply, where, zerosLike } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';

/** What a rank's part of a batch weighs: inputs of its program, for they differ from batch to batch. */
export interface Weights {
  /** Its share in the mean over the whole batch; 0 where it has no rows. */
  readonly share: Tensor;
  /** 1 on the rank that keeps running sums, 0 elsewhere. */
  readonly keeps: Tensor;
}

/**
 * Watches variables during a step that runs on each rank's part of a batch. Afterwards `contributions` are the changed ones and what each
 * rank adds to the sum that replaces their values, by their `aggregation`. Where nothing is said, means are taken, as of moving
 * statistics; whole numbers and seeds change alike on all ranks.
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
      // The sum so far is on one rank; the others begin at 0.
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
