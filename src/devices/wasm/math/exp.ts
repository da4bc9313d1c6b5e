import type { Local } from '../encoder/index.ts';
import type { Lanes, Value } from './lanes.ts';
import { vectorFunction } from './vector-function.ts';

/** e^x. */
export const exp = vectorFunction('exp', 1, (v, x) => scaledExp(v, x, 0));

/** e^x * 2^shift, without overflow on the way. */
export function scaledExp(v: Lanes, x: Local, shift: number): Value {
  const { n, r } = reduce(v, v.keep(v.atLeast(v.atMost(x, 90), -105)));
  const power = v.keep(v.addInt(n, v.bits(shift)));
  const y = v.fma(v.mul(r, r), expTail(v, r), v.add(r, 1));
  // 2^power as a product of two factors, so that results may be denormal or infinite.
  const half = v.keep(v.shiftRightSigned(power, 1));
  const factor = (p: Value) => v.shiftLeft(v.addInt(p, v.bits(127)), 23);
  return v.mul(v.mul(y, factor(half)), factor(v.subInt(power, half)));
}

/** x = n ln 2 + r with |r| <= ln 2 / 2; n as an integer. */
export function reduce(v: Lanes, x: Local): { n: Local; r: Local } {
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
  const magic = 12582912;
  const t = v.keep(v.fma(x, Math.LOG2E, magic));
  const n = v.keep(v.sub(t, magic));
  const r = v.keep(v.fma(n, 0.00021219444005469057, v.fma(n, -0.693359375, x)));
  return { n: v.keep(v.subInt(t, v.bits(0x4b400000))), r };
}

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2 (Cephes). */
export function expTail(v: Lanes, r: Local): Local {
  return v.polynomial(
    r,
    [1.987569150012e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1],
  );
}
