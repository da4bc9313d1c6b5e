import type { DType } from '../../base/dtype.ts';

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The value of a bfloat16: the upper half of a float32. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0];
}

/** The bits of the bfloat16 nearest to x, halves to even. */
export function toBfloat16(x: number): number {
  float[0] = x;
  const u = bits[0];
  if (Number.isNaN(x)) return (u >>> 16) | 0x40;
  const nearest = (u + 0x7fff + ((u >>> 16) & 1)) >>> 16;
  // Rounding to float32 first may have produced a false tie: then the double decides.
  if ((u & 0xffff) !== 0x8000 || float[0] === x) return nearest;
  return Math.abs(x) > Math.abs(float[0]) ? (u >>> 16) + 1 : u >>> 16;
}

/** The value of a float16: 1 sign bit, 5 of exponent, 10 of fraction. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bits of the float16 nearest to x, halves to even. */
export function toFloat16(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const a = Math.abs(x);
  if (a >= 65520) return sign | 0x7c00;
  if (a < 2 ** -14) return sign | roundToEven(a * 2 ** 24);
  let exponent = Math.floor(Math.log2(a));
  if (2 ** exponent > a) exponent--;
  if (2 ** (exponent + 1) <= a) exponent++;
  // A fraction that rounds up to 1024 carries into the exponent; adding the two does just that.
  return sign | (((exponent + 15) << 10) + roundToEven(a * 2 ** (10 - exponent) - 1024));
}

/** Nearest integer, halves to even. */
export function roundToEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest < 0.5 || Number.isNaN(rest)) return rest === 0 ? x : down === 0 && x < 0 ? -0 : down;
  if (rest > 0.5 || down % 2 !== 0) return down === -1 ? -0 : down + 1;
  return down;
}

/** Values of a 16-bit dtype from and to their bits; other dtypes are stored as they are. */
export const stored: Partial<Record<DType, { decode(bits: number): number; encode(x: number): number }>> = {
  float16: { decode: fromFloat16, encode: toFloat16 },
  bfloat16: { decode: fromBfloat16, encode: toBfloat16 },
};
