import type { DType } from '../base/dtype.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { cast, concatenate, reshape, slice } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';

interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}
/** Indices of the tensors that are concatenated in a flat array. */
type Bucket = readonly number[];

/** Tensors of at least this many elements are summed where they lie: copying them together costs more than a call of MPI. */
const large = 2048;
/** How many small tensors share a bucket: what copies them tells for each element to which it belongs. */
const together = 16;

/**
 * Packs tensors into float32 buckets, each of which MPI reduces in one call: large ones as they are, some small ones
 * together. Integers are exact up to 2^24.
 */
export class Packing {
  private readonly avals: readonly Aval[];
  private readonly buckets: readonly Bucket[];

  constructor(avals: readonly Aval[]) {
    this.avals = avals.map(({ shape, dtype }) => ({ shape, dtype }));
    const buckets: number[][] = [];
    let shared: number[] = [];
    this.avals.forEach(({ shape }, k) => {
      if (sizeOf(shape) >= large) buckets.push([k]);
      else if (shared.length % together === 0) buckets.push((shared = [k]));
      else shared.push(k);
    });
    this.buckets = buckets;
  }

  /** The buckets of these tensors. */
  pack(tensors: readonly Tensor[]): Tensor[] {
    return this.buckets.map((members) => {
      const flat = members.map((k) => cast(reshape(tensors[k]!, [-1]), 'float32'));
      return flat.length === 1 ? flat[0]! : concatenate(flat, { axis: 0 });
    });
  }
  /** The tensors in buckets. */
  unpack(buckets: readonly Tensor[]): Tensor[] {
    const tensors: Tensor[] = [];
    this.buckets.forEach((members, b) => {
      let at = 0;
      for (const k of members) {
        const { shape, dtype } = this.avals[k]!;
        const size = sizeOf(shape);
        const part = members.length === 1 ? buckets[b]! : slice(buckets[b]!, [at], [size]);
        at += size;
        tensors[k] = cast(reshape(part, shape), dtype);
      }
    });
    return tensors;
  }
}
