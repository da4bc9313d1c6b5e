import type { Local } from '../encoder/index.ts';
import type { Lanes, Value } from './lanes.ts';
import { vectorFunction } from './vector-function.ts';

/** e^x. */
export const exp = vectorFunction('exp', 1, (v, x) => scaledExp(v, x, 0));

/** e^x * 2^shift, without overflow on the way. */
export function scaledExp(v: Lanes, x: Local, shift: number): Value {
  // The exponents of two factors, so that results may be denormal or infinite: their sum is n + shift + 2 * 127.
  const { n: sum, r } = reduce(v, v.keep(v.atLeast(v.atMost(x, 90), -105)), shift + 254);
  const y = v.fma(v.mul(r, r), expTail(v, r), v.add(r, 1));
  const half = v.keep(v.shiftRight(sum, 1));
  return v.mul(v.mul(y, v.shiftLeft(half, 23)), v.shiftLeft(v.subInt(sum, half), 23));
}

/** x = n ln 2 + r with |r| <= ln 2 / 2; n plus `bias` as an integer. */
export function reduce(v: Lanes, x: Local, bias = 0): { n: Local; r: Local } {
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const magic = 12582912;
  const t = v.keep(v.fma(x, Math.LOG2E, magic));
  const n = v.keep(v.sub(t, magic));
  const r = v.keep(v.fma(n, 0.00021219444005469057, v.fma(n, -0.693359375, x)));
  return { n: v.keep(v.subInt(t, v.bits(0x4b400000 - bias))), r };
}

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2 (Cephes). */
export function expTail(v: Lanes, r: Local): Local {
  return v.polynomial(
    r,
    [1.987569150012e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
}
