import type { Lanes } from './lanes.ts';

// Float64 functions that serve as steps of float32 ones; relative errors are far below 2^-40.

/** log x for normal x > 0: 2 atanh(t) + e ln 2 with t = (m - 1) / (m + 1), sqrt(1/2) <= m < sqrt(2). */
export function logDouble<V>(v: Lanes<V>, x: V): V {
  const one = v.bits(0x3ff0000000000000n);
  // Adding 1 - sqrt(1/2) in the mantissa's upper bits carries into the exponent where m >= sqrt(2).
  const shifted = v.keep(v.subInt(x, v.bits(0x3fe6a09e00000000n)));
  const exponent = v.keep(v.shiftRight52(shifted));
  const m = v.keep(v.subInt(x, v.shiftLeft(exponent, 52)));
  const e = toDouble(v, exponent);
  const t = v.keep(v.div(v.sub(m, one), v.add(m, one)));
  const z = v.keep(v.mul(t, t));
  const series = [17, 15, 13, 11, 9, 7, 5, 3].map((n) => 2 / n);
  const p = v.polynomial(z, series);
  return v.add(v.mul(e, Math.LN2), v.add(v.mul(v.mul(p, z), t), v.add(t, t)));
}

/** Small signed 64-bit integers as float64: 1.5 * 2^52 holds them in its low bits. */
function toDouble<V>(v: Lanes<V>, integer: V): V {
  const magic = 6755399441055744;
  return v.sub(v.addInt(integer, v.keep(magic)), magic);
}

/** e^x; x is held within [-1000, 700]. */
export function expDouble<V>(v: Lanes<V>, x: V): V {
  const magic = 6755399441055744;
  const bounded = v.keep(v.atLeast(v.atMost(x, 700), -700));
  const shifted = v.keep(v.add(v.mul(bounded, Math.LOG2E), magic));
  const n = v.sub(shifted, magic);
  const r = v.keep(v.sub(bounded, v.mul(n, Math.LN2)));
  const factorials = [1];
  for (let i = 1; i <= 10; i++) factorials.push(factorials[i - 1] * i);
  const p = v.polynomial(r, factorials.map((f) => 1 / f).reverse());
  // The low bits of `shifted` are n: added to the exponent of p they multiply by 2^n.
  return v.addInt(p, v.shiftLeft(shifted, 52));
}

/** sin(pi x) / (sign of period): reduces x to [-1/2, 1/2] around the nearest integer; gives that integer's parity too. */
export function sinPiDouble<V>(v: Lanes<V>, x: V): V {
  const n = v.keep(v.nearest(x));
  const r = v.keep(v.mul(v.sub(x, n), Math.PI));
  const z = v.keep(v.mul(r, r));
  const terms: number[] = [];
  for (let i = 0, term = 1; i < 10; i++) {
    terms.push(term);
    term /= -(2 * i + 2) * (2 * i + 3);
  }
  const y = v.mul(v.polynomial(z, terms.reverse()), r);
  // Odd integers change the sign: the last bit of n + 1.5 * 2^52, moved to the sign's place.
  return v.xor(y, v.shiftLeft(v.add(n, 6755399441055744), 63));
}

/** cos(pi x), in the same way. */
export function cosPiDouble<V>(v: Lanes<V>, x: V): V {
  const n = v.keep(v.nearest(x));
  const r = v.keep(v.mul(v.sub(x, n), Math.PI));
  const z = v.keep(v.mul(r, r));
  const terms: number[] = [];
  for (let i = 0, term = 1; i < 11; i++) {
    terms.push(term);
    term /= -(2 * i + 1) * (2 * i + 2);
  }
  return v.xor(v.polynomial(z, terms.reverse()), v.shiftLeft(v.add(n, 6755399441055744), 63));
}
