import type { DType } from '../../base/dtype.ts';

/**
 * Numbers that ONNX gives to types of elements (`TensorProto.DataType`); its 64-bit integers are sizes and positions.
 * Few runtimes compute in bfloat16, so it becomes float32, which represents all of its numbers.
 */
export const elementType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  bfloat16: 1,
} as const satisfies Record<DType | 'int64' | 'uint64', number>;
export type ElementType = keyof typeof elementType;
