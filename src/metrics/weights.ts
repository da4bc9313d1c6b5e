import type { DType } from '../base/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignLeading } from '../losses/align.ts';
import * as ops from '../ops/index.ts';

/** Options of an update once they are tensors. */
export interface Given {
  readonly sampleWeight?: Tensor | null | undefined;
  /** True where values count. */
  readonly mask?: Tensor | null | undefined;
}

/** The weights, nothing where the mask is false; null when all count alike. */
export function countedWeight({ sampleWeight, mask }: Given, dtype: DType = 'float32'): Tensor | null {
  if (!mask) return sampleWeight ?? null;
  const counted = ops.cast(ops.cast(mask, 'bool'), dtype);
  return sampleWeight ? ops.multiply(...alignLeading(counted, ops.cast(sampleWeight, dtype))) : counted;
}
