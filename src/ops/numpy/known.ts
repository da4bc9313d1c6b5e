import { Tensor } from '../../ir/tensor.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import { Variable } from '../../tensor/variable.ts';

/** The numbers that a concrete tensor holds; anything else as it is. For arguments that decide a shape. */
export function knownNumbers<T>(x: T): T | number[] {
  if (x instanceof Variable) return knownNumbers(x.value) as T | number[];
  if (x instanceof Tensor && !(x instanceof KerasTensor) && x.storage) return Array.from(x.dataSync());
  return x;
}
