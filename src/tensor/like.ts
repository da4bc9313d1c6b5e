import type { DType, TypedArray } from '../base/dtype.ts';
import { exact } from '../base/exact.ts';
import { Tensor } from '../ir/tensor.ts';
import { hostTensor } from '../runtime/host-tensor.ts';
import { asPlainTensor, type Plain, plainTensor, type TensorOptions } from './plain.ts';
import { Variable } from './variable.ts';

export { dtypeOf, isNumbers, isTypedArray, type Nested, type TensorOptions } from './plain.ts';
/** Anything accepted as a tensor: a tensor, a variable, a number, nested arrays of numbers, a typed array. */
export type Like = Plain | Variable;

const valueOf = (x: Like): Plain => (x instanceof Variable ? x.read() : x);

/**
 * A concrete tensor from a typed array or nested arrays of numbers.
 * @example tensor([[1, 2], [3, 4]], { dtype: 'float32' }).shape // [2, 2]
 */
export const tensor = exact('tensor', 2, function tensor(data: Like, options: TensorOptions = {}): Tensor {
  return plainTensor(valueOf(data), options);
});

/** Converts anything accepted as a tensor to one, of the given `dtype` if any. */
export function asTensor(x: Like, dtype?: DType): Tensor {
  return asPlainTensor(valueOf(x), dtype);
}

/** The same, but data that is not a tensor yet stays in JavaScript's memory until a device needs it. */
export function asHostTensor(x: Like, dtype?: DType): Tensor {
  const plain = valueOf(x);
  if (plain instanceof Tensor) return plain;
  // Data that the caller may still change is copied; the slice method of Node's Buffer does not copy.
  return plainTensor(plain, dtype ? { dtype } : {}, (data, aval) =>
    hostTensor(data === plain ? (Uint8Array.prototype.slice.call(data) as TypedArray) : data, aval),
  );
}
