import type { DType, TypedArray } from '../base/dtype.ts';
import { exact } from '../base/exact.ts';
import { Tensor } from '../ir/tensor.ts';
import { hostTensor } from '../runtime/host-tensor.ts';
import { asPlainTensor, type Plain, plainTensor, type TensorOptions } from './plain.ts';
import { Variable } from './variable.ts';

export { dtypeOf, isNumbers, isTypedArray, type Nested, type TensorOptions } from './plain.ts';
/** What stands where a tensor is wanted: a tensor, a variable, a number, a nest of numbers, a typed array. */
export type Like = Plain | Variable;

const valueOf = (x: Like): Plain => (x instanceof Variable ? x.read() : x);

/**
 * A concrete tensor from a typed array or nested arrays of numbers.
 * @example tensor([[1, 2], [3, 4]], { dtype: 'float32' }).shape // [2, 2]
 */
export const tensor = exact('tensor', 2, function tensor(data: Like, options: TensorOptions = {}): Tensor {
  return plainTensor(valueOf(data), options);
});

/** A tensor of whatever stands for one, converted to `dtype` where that is given. */
export function asTensor(x: Like, dtype?: DType): Tensor {
  return asPlainTensor(valueOf(x), dtype);
}

/** The same, where it is not a tensor yet left in JavaScript's memory until a device wants it. */
export function asHostTensor(x: Like): Tensor {
  const plain = valueOf(x);
  if (plain instanceof Tensor) return plain;
  // What the caller may still change is copied; Node's Buffer has a slice that does not copy.
  return plainTensor(plain, {}, (data, aval) =>
    hostTensor(data === plain ? (Uint8Array.prototype.slice.call(data) as TypedArray) : data, aval),
  );
}
