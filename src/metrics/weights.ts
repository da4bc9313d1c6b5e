import type { DType } from '../base/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignLeading } from '../losses/align.ts';
import * as ops from '../ops/index.ts';

/** Options of an update, as tensors. */
export interface Given {
  readonly sampleWeight?: Tensor | null | undefined;
  /** True for the values that count. */
  readonly mask?: Tensor | null | undefined;
}

/** The weights, zero where the mask is false; null if all values count equally. */
export function countedWeight({ sampleWeight, mask }: Given, dtype: DType = 'float32'): Tensor | null {
  if (!mask) return sampleWeight ?? null;
  const counted = ops.cast(ops.cast(mask, 'bool'), dtype);
  return sampleWeight ? ops.multiply(...alignLeading(counted, ops.cast(sampleWeight, dtype))) : counted;
}
