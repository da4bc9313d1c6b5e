import { type DType, dtypeInfo, type TypedArray } from '../base/dtype.ts';

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The 16 bits of the half-precision number nearest to x, halves to even. */
export function toFloat16(x: number): number {
  float[0] = x;
  const b = bits[0];
  const sign = (b >>> 16) & 0x8000;
  const magnitude = b & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal: a multiple of 2^-24, rounded by adding a number whose last place has that value.
    float[0] = Math.abs(float[0]) + 0.5;
    return sign | (bits[0] - 0x3f000000);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper 16 bits of the float32, rounded, halves to even. */
export function toBfloat16(x: number): number {
  float[0] = x;
  const b = bits[0];
  if ((b & 0x7fffffff) > 0x7f800000) return (b >>> 16) | 0x40;
  return ((b + 0x7fff + ((b >>> 16) & 1)) >>> 16) & 0xffff;
}

export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0];
}

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
