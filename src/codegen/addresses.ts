import { dtypeInfo } from '../base/dtype.ts';
import { stridesOf } from '../base/shape.ts';
import type { Expr, Region } from '../ir/expr.ts';
import { type Affine, type AffineForms, combine } from './affine.ts';
import type { Interning } from './interning.ts';

/** A place in a region as bytes: `base + constant + Σ coefficient · term`. */
export interface Place {
  readonly region: Region;
  readonly bytes: number;
  /** Names the pointer that the terms are added to. */
  readonly base: string;
  /** Bytes that the pointer itself already contains. */
  readonly start: number;
  /** Bytes that are left for the instruction's own offset. */
  readonly offset: number;
  readonly terms: readonly (readonly [term: Expr, coefficient: number])[];
}

/** Places of loads and stores. An index is one number an axis, or the position itself. */
export class Places {
  private readonly interning: Interning;
  private readonly affine: AffineForms;
  private readonly known = new Map<Region, Map<readonly Expr[], Place>>();

  constructor(interning: Interning, affine: AffineForms) {
    this.interning = interning;
    this.affine = affine;
  }

  of(region: Region, index: readonly Expr[]): Place {
    let places = this.known.get(region);
    if (!places) this.known.set(region, (places = new Map()));
    let place = places.get(index);
    if (!place) places.set(index, (place = this.find(region, index)));
    return place;
  }

  private find(region: Region, index: readonly Expr[]): Place {
    const { bytes } = dtypeInfo[region.dtype];
    const strides = index.length === 1 ? [1] : stridesOf(region.shape);
    let form: Affine = { constant: 0, terms: new Map() };
    index.forEach((x, d) => (form = combine(form, this.affine.of(x), strides[d]!)));
    form = this.affine.rejoin(form);
    const constant = form.constant * bytes;
    // A pointer must not stand before the memory's first byte on the way to a place inside of it.
    const inside = constant >= 0 && this.affine.spread(form)[0] >= 0;
    return {
      region,
      bytes,
      start: inside ? 0 : constant,
      offset: inside ? constant : 0,
      base: `${this.interning.id(region)}${inside ? '' : `+${constant}`}`,
      terms: [...form.terms].map(([x, c]) => [x, c * bytes] as const),
    };
  }
}
