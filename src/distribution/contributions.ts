import { isFloat } from '../base/dtype.ts';
import { cast, multiply, where, zerosLike } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { sumOverProcesses } from './sums.ts';

/** The weights of a rank's part of a batch; inputs of its program, since they vary from batch to batch. */
export interface Weights {
  /** Its share in the mean over the whole batch; 0 where it has no rows. */
  readonly share: Tensor;
  /** 1 on the rank that keeps running sums, 0 elsewhere. */
  readonly keeps: Tensor;
}
/** Variables during a step on a rank's part of a batch. */
export interface Watched {
  readonly variables: ReadonlySet<Variable>;
  /** The values from which running sums begin on this rank. */
  readonly begun: ReadonlySet<Tensor>;
  /**
   * Gives variables that changed what they have after a step on the whole batch; those of which `isOwn` says that their
   * values differ between ranks, by sums over these. Tells what was replaced by what.
   */
  settle(isOwn: (values: readonly Tensor[]) => ReadonlySet<Tensor>): Map<Tensor, Tensor>;
}

/**
 * Watches variables that ranks change according to their rows: what replaces their values follows from their
 * `aggregation`. By default means are taken, as for moving statistics; integers and seeds change alike on all ranks.
 */
export function watch(variables: readonly Variable[], { share, keeps }: Weights): Watched {
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
  return {
    variables: new Set(watched.map(({ v }) => v)),
    begun: new Set(watched.flatMap(({ before, begun }) => (begun === before ? [] : [begun]))),
    settle(isOwn) {
      const changed = watched.flatMap(({ v, before, begun }) => {
        const now = v.read();
        if (now !== begun) return [{ v, begun, now }];
        if (begun !== before) v.assign(before);
        return [];
      });
      const own = isOwn(changed.map(({ now }) => now));
      const summed = changed.filter(({ now }) => own.has(now));
      const totals = sumOverProcesses(
        summed.map(({ v, begun, now }) =>
          v.aggregation === 'sum'
            ? where(isHere, now, begun)
            : where(isHere, multiply(now, cast(share, v.dtype)), zerosLike(now)),
        ),
      );
      summed.forEach(({ v }, k) => void v.assign(totals[k]!));
      return new Map(summed.map(({ now }, k) => [now, totals[k]!]));
    },
  };
}
