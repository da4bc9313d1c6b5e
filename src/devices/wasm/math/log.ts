import type { Local } from '../encoder/index.ts';
import type { Lanes, Value } from './lanes.ts';
import { vectorFunction } from './vector-function.ts';

/**
 * The natural logarithm (Cephes): x = m 2^e with sqrt(1/2) <= m < sqrt(2), t = m - 1,
 * log x = t - t^2/2 + t^3 P(t) + e ln 2. In exact rounding these are the bits that Keras on JAX computes.
 */
export const log = vectorFunction('log', 1, (v, x) => logarithm(v, x));

export function logarithm(v: Lanes, x: Local): Value {
  const result = finiteLogarithm(v, x, true);
  // Infinity and NaN stay themselves; 0 gives -infinity, negative numbers NaN.
  const kept = v.select(v.lessEqual(Infinity, x), x, v.select(v.equal(x, 0), -Infinity, result));
  return v.select(v.less(x, 0), NaN, v.add(kept, v.and(x, v.isNaN(x))));
}

/** The logarithm of a positive finite number, which may be denormal if so said. */
export function finiteLogarithm(v: Lanes, x: Local, mayBeDenormal: boolean): Local {
  const isSmall = mayBeDenormal ? v.keep(v.less(x, 2 ** -126)) : undefined;
  const bits = isSmall ? v.keep(v.select(isSmall, v.mul(x, 2 ** 23), x)) : x;
  const m = v.keep(v.or(v.and(bits, v.bits(0x7fffff)), v.bits(0x3f000000)));
  const isLow = v.keep(v.less(m, Math.SQRT1_2));
  const biased = v.subInt(v.shiftRight(v.and(bits, v.bits(0x7f800000)), 23), v.bits(126));
  // A true mask is the integer -1.
  const exponent = v.toFloat(v.addInt(biased, isLow));
  const e = v.keep(isSmall ? v.sub(exponent, v.and(isSmall, v.keep(23))) : exponent);
  const t = v.keep(v.sub(v.add(m, v.and(m, isLow)), 1));
  const t2 = v.keep(v.mul(t, t));
  const t3 = v.keep(v.mul(t2, t));
  const p = v.polynomial(t, [7.0376836292e-2, -1.151461031e-1, 1.167699874e-1]);
  const q = v.polynomial(t, [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1]);
  const s = v.polynomial(t, [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1]);
  const y = v.keep(v.fma(v.fma(p, t3, q), t3, s));
  v.f.set(y, v.fma(y, t3, v.mul(e, -2.1219444e-4)));
  return v.keep(v.fma(e, 0.693359375, v.add(v.fma(t2, -0.5, t), y)));
}
