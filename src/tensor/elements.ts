import { type DType, dtypeInfo, type TypedArray } from '../base/dtype.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from '../base/half-floats.ts';

/** Numbers as stored in a dtype. Integers wrap; floats given for integers are truncated. */
export function encode(numbers: ArrayLike<number>, dtype: DType): TypedArray {
  const { array: Stored, kind } = dtypeInfo[dtype];
  if (numbers instanceof Stored && dtype !== 'float16' && dtype !== 'bfloat16' && dtype !== 'bool')
    return numbers as TypedArray;
  const out = new Stored(numbers.length);
  if (dtype === 'float16') for (let i = 0; i < out.length; i++) out[i] = toFloat16(numbers[i]);
  else if (dtype === 'bfloat16') for (let i = 0; i < out.length; i++) out[i] = toBfloat16(numbers[i]);
  else if (kind === 'bool') for (let i = 0; i < out.length; i++) out[i] = numbers[i] ? 1 : 0;
  else for (let i = 0; i < out.length; i++) out[i] = numbers[i];
  return out;
}

/** Stored elements as numbers: 16-bit floats become a Float32Array, everything else stays. */
export function decode(stored: TypedArray, dtype: DType): TypedArray {
  const read = dtype === 'float16' ? fromFloat16 : dtype === 'bfloat16' ? fromBfloat16 : undefined;
  return read ? Float32Array.from(stored, read) : stored;
}
