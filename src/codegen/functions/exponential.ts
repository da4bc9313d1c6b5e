import type { Expr } from '../../ir/expr.ts';
import {
  abs,
  add,
  atLeast,
  atMost,
  bitsOf,
  div,
  either,
  floatOf,
  fma,
  less,
  mul,
  neg,
  polynomial,
  shiftLeft,
  shiftRight,
  sub,
  withSign,
} from './terms.ts';

/** e^x. */
export const exp = (x: Expr): Expr => scaledExp(x, 0);

/** e^x · 2^shift, without overflow on the way. */
function scaledExp(x: Expr, shift: number): Expr {
  // The exponents of two factors, so that results may be denormal or infinite: their sum is n + shift + 2 · 127.
  const { n: sum, r } = reduced(atLeast(atMost(x, 90), -105), shift + 254);
  const half = shiftRight(sum, 1);
  return mul(mul(expNear(r), floatOf(shiftLeft(half, 23))), floatOf(shiftLeft(sub(sum, half), 23)));
}

/** e^x for x ≤ 0, a few instructions shorter. */
export function expOfNegative(x: Expr): Expr {
  // Results may be denormal: 2^n is a factor 2^(n + 64) and a constant.
  const { n, r } = reduced(atLeast(x, -105), 127 + 64);
  return mul(mul(expNear(r), floatOf(shiftLeft(n, 23))), 2 ** -64);
}

/** x = n ln 2 + r with |r| ≤ ln 2 / 2; the low 9 bits of the integer n are n + `bias`, the others mean nothing. */
function reduced(x: Expr, bias: number): { n: Expr; r: Expr } {
  // Adding 1.5 · 2^23 rounds to an integer, which then stands in the low bits, together with the bias.
  const magic = 12582912 + bias;
  const t = fma(x, Math.LOG2E, magic);
  const n = sub(t, magic);
  return { n: bitsOf(t), r: fma(n, 0.00021219444005469057, fma(n, -0.693359375, x)) };
}

/** e^r for |r| ≤ ln 2 / 2. */
const expNear = (r: Expr): Expr => fma(mul(r, r), expTail(r), add(r, 1));

/** (e^r - 1 - r) / r² for |r| ≤ ln 2 / 2: e^r comes out within 3.1e-9, relatively, the least for this degree. */
const expTail = (r: Expr): Expr =>
  polynomial(
    r,
    [0.0013814539987055464, 0.00836874511637191, 0.04166839078639742, 0.16666520398962317, 0.49999993432110407],
  );

/** e^x - 1, exact to the last places for small x: with x = n ln 2 + r, 2^n (e^r - 1) + (2^n - 1). */
export function expm1(x: Expr): Expr {
  const { n, r } = reduced(atLeast(atMost(x, 89), -18), 126);
  const p = fma(mul(r, r), expTail(r), r);
  // Half of everything, because 2^128 overflows: 126 is the exponent of 1/2.
  const s = floatOf(shiftLeft(n, 23));
  const half = fma(s, p, sub(s, 0.5));
  return either(less(abs(x), 2 ** -26), x, add(half, half));
}

/** 1 / (1 + e^-x); with e = e^-|x| it is 1 / (1 + e) or, for negative x, e / (1 + e). */
export function logistic(x: Expr): Expr {
  const e = expOfNegative(neg(abs(x)));
  return div(either(less(x, 0), e, 1), add(e, 1));
}

/** t / (t + 2) with t = e^(2|x|) - 1, and the sign of x. */
export function tanh(x: Expr): Expr {
  const a = atMost(abs(x), 10);
  const t = expm1(add(a, a));
  return withSign(div(t, add(t, 2)), x);
}

/** (e^x - e^-x) / 2; near 0 a polynomial (Cephes). */
export function sinh(x: Expr): Expr {
  const a = abs(x);
  const h = scaledExp(a, -1);
  const far = withSign(sub(h, div(0.25, h)), x);
  const z = mul(x, x);
  const p = polynomial(z, [2.03721912945e-4, 8.33028376239e-3, 1.66667160211e-1]);
  return either(less(a, 1), fma(mul(p, z), x, x), far);
}

/** (e^x + e^-x) / 2. */
export function cosh(x: Expr): Expr {
  const h = scaledExp(abs(x), -1);
  return add(h, div(0.25, h));
}
