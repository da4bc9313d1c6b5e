import type { DType } from '../base/dtype.ts';
import type { SymbolicShape } from '../base/shape.ts';
import type { KerasTensor } from '../tensor/index.ts';

/** What pictures show of a tensor. */
export interface TensorInfo {
  readonly shape: SymbolicShape;
  readonly dtype: DType;
}

export const infoOfTensor = ({ symbolicShape, dtype }: KerasTensor): TensorInfo => ({ shape: symbolicShape, dtype });
