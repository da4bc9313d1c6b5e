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

/** A bucket with this many elements (4 MiB) takes no more tensors. */
const enough = 2 ** 20;

/**
 * Packs tensors into float32 buckets, each of which MPI reduces in one call: few calls, none of which holds up others
 * for long. Integers are exact up to 2^24.
 */
export class Packing {
  private readonly avals: readonly Aval[];
  private readonly buckets: readonly Bucket[];

  constructor(avals: readonly Aval[], most = enough) {
    this.avals = avals.map(({ shape, dtype }) => ({ shape, dtype }));
    const buckets: number[][] = [];
    let count = Infinity;
    this.avals.forEach(({ shape }, k) => {
      count += sizeOf(shape);
      if (count <= most) return void buckets.at(-1)!.push(k);
      buckets.push([k]);
      count = sizeOf(shape);
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
    return this.buckets.flatMap((members, b) => {
      let at = 0;
      return members.map((k) => {
        const { shape, dtype } = this.avals[k]!;
        const size = sizeOf(shape);
        const part = slice(buckets[b]!, [at], [size]);
        at += size;
        return cast(reshape(part, shape), dtype);
      });
    });
  }
}
