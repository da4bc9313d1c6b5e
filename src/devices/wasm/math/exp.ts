import type { Local } from '../encoder/index.ts';
import type { Lanes, Value } from './lanes.ts';
import { vectorFunction } from './vector-function.ts';

/** e^x. */
export const exp = vectorFunction('exp', 1, (v, x) => scaledExp(v, x, 0));

/** e^x * 2^shift, without overflow on the way. */
export function scaledExp(v: Lanes, x: Local, shift: number): Value {
  // The exponents of two factors, so that results may be denormal or infinite: their sum is n + shift + 2 * 127.
  const { n: sum, r } = reduce(v, v.keep(v.atLeast(v.atMost(x, 90), -105)), shift + 254);
  const half = v.keep(v.shiftRight(sum, 1));
  return v.mul(v.mul(expNear(v, r), v.shiftLeft(half, 23)), v.shiftLeft(v.subInt(sum, half), 23));
}

/** e^x for x <= 0, a few instructions shorter. */
export function expOfNegative(v: Lanes, x: Local): Value {
  // Results may be denormal: 2^n is a factor 2^(n + 64) and a constant.
  const { n, r } = reduce(v, v.keep(v.atLeast(x, -105)), 127 + 64);
  return v.mul(v.mul(expNear(v, r), v.shiftLeft(n, 23)), 2 ** -64);
}

/** x = n ln 2 + r with |r| <= ln 2 / 2; the low 9 bits of the integer n are n + `bias`, the others mean nothing. */
export function reduce(v: Lanes, x: Local, bias = 0): { n: Local; r: Local } {
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits, together with the bias.
  const magic = 12582912 + bias;
  const t = v.keep(v.fma(x, Math.LOG2E, magic));
  const n = v.keep(v.sub(t, magic));
  const r = v.keep(v.fma(n, 0.00021219444005469057, v.fma(n, -0.693359375, x)));
  return { n: t, r };
}

/** e^r for |r| <= ln 2 / 2. */
function expNear(v: Lanes, r: Local): Value {
  return v.fma(v.mul(r, r), expTail(v, r), v.add(r, 1));
}

/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2: e^r comes out within 3.1e-9, relatively, the least for this degree. */
export function expTail(v: Lanes, r: Local): Local {
  return v.polynomial(
    r,
    [0.0013814539987055464, 0.00836874511637191, 0.04166839078639742, 0.16666520398962317, 0.49999993432110407],
  );
}
