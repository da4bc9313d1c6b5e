import type { Algebra } from '../../algebra/algebra.ts';
import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { Expr, Region } from '../../ir/expr.ts';

/** A position in a region, in bytes: `base + constant + Σ coefficient · term`. */
export interface Place {
  readonly region: Region;
  readonly bytes: number;
  /** Identifies the pointer that the terms are added to. */
  readonly base: string;
  /** Bytes that the pointer itself already contains. */
  readonly start: number;
  /** Bytes left for the instruction's own offset. */
  readonly offset: number;
  readonly terms: readonly (readonly [term: Expr, coefficient: number])[];
}

/** Positions of loads and stores in flat regions. */
export class Places {
  declare private readonly algebra: Algebra;
  private readonly known = new Map<Region, Map<Expr, Place>>();

  constructor(algebra: Algebra) {
    this.algebra = algebra;
  }

  of(region: Region, [position, ...others]: readonly Expr[]): Place {
    if (!position || others.length > 0)
      return fail(
        'codegen',
        `region "${region.name}" is read at ${others.length + 1} indices`,
        'flatten its positions',
      );
    let places = this.known.get(region);
    if (!places) this.known.set(region, (places = new Map()));
    let place = places.get(position);
    if (!place) places.set(position, (place = this.find(region, position)));
    return place;
  }

  private find(region: Region, position: Expr): Place {
    const { algebra } = this;
    const { bytes } = dtypeInfo[region.dtype];
    const form = algebra.form(position);
    const constant = form.constant * bytes;
    let low = 0;
    for (const [x, c] of form.terms) low += Math.min(...algebra.ranges.of(x).map((end) => c * end));
    // On the way to a valid position, a pointer must not precede the first byte of memory.
    const inside = constant >= 0 && low >= 0;
    return {
      region,
      bytes,
      start: inside ? 0 : constant,
      offset: inside ? constant : 0,
      base: `${algebra.id(region)}${inside ? '' : `+${constant}`}`,
      terms: [...form.terms].map(([x, c]) => [x, c * bytes] as const),
    };
  }
}
