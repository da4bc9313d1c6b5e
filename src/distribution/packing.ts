import type { DType } from '../base/dtype.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { cast, concatenate, reshape, slice } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';

interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}
/** Numbers of the tensors that lie in a flat array, one after the other. */
type Bucket = readonly number[];

/** Elements from which on a bucket takes no more tensors: 4 MiB. */
const enough = 2 ** 20;

/**
 * Tensors laid out in buckets of float32, which MPI reduces whole: few calls, and none so large that others wait for it long. Whole
 * numbers travel exactly up to 2^24.
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
