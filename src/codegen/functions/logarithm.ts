import { convert, type Expr } from '../../ir/expr.ts';
import {
  abs,
  add,
  and,
  bitsOf,
  div,
  either,
  equal,
  floatOf,
  fma,
  isNaN,
  less,
  lessEqual,
  mul,
  or,
  polynomial,
  shiftRight,
  sqrt,
  sub,
  withSign,
} from './terms.ts';

/**
 * The natural logarithm (Cephes): x = m 2^e with √½ ≤ m < √2, t = m - 1, log x = t - t²/2 + t³ P(t) + e ln 2. Where a·b + c is
 * rounded once, these are the bits that Keras on JAX computes.
 */
export function log(x: Expr): Expr {
  const result = finiteLog(x, true);
  // Infinity and NaN stay themselves; 0 gives -infinity, negative numbers NaN.
  const kept = either(or(lessEqual(Infinity, x), isNaN(x)), x, either(equal(x, 0), -Infinity, result));
  return either(less(x, 0), Number.NaN, kept);
}

/** The logarithm of a positive finite number; it may be denormal if `mayBeDenormal` says so. */
function finiteLog(x: Expr, mayBeDenormal: boolean): Expr {
  const isSmall = less(x, 2 ** -126);
  const bits = bitsOf(mayBeDenormal ? either(isSmall, mul(x, 2 ** 23), x) : x);
  const m = floatOf(or(and(bits, 0x7fffff), 0x3f000000));
  const isLow = less(m, Math.SQRT1_2);
  const biased = sub(shiftRight(and(bits, 0x7f800000), 23), 126);
  const exponent = convert(sub(biased, convert(isLow, 'i32')), 'f32');
  const e = mayBeDenormal ? sub(exponent, either(isSmall, 23, 0)) : exponent;
  const t = sub(add(m, either(isLow, m, 0)), 1);
  const t2 = mul(t, t);
  const t3 = mul(t2, t);
  const p = polynomial(t, [7.0376836292e-2, -1.151461031e-1, 1.167699874e-1]);
  const q = polynomial(t, [-1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1]);
  const s = polynomial(t, [2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1]);
  const y = fma(fma(fma(p, t3, q), t3, s), t3, mul(e, -2.1219444e-4));
  return fma(e, 0.693359375, add(fma(t2, -0.5, t), y));
}

/** log(1 + x): with u = 1 + x as rounded, log u + (x - (u - 1)) / u. */
export function log1p(x: Expr): Expr {
  const u = add(x, 1);
  const near = add(finiteLog(u, false), div(sub(x, sub(u, 1)), u));
  // x itself keeps the sign of zero, and infinity and NaN; -1 gives -infinity, what is below NaN.
  const isKept = or(less(abs(x), 2 ** -30), or(lessEqual(Infinity, x), isNaN(x)));
  return either(lessEqual(u, 0), either(equal(u, 0), -Infinity, Number.NaN), either(isKept, x, near));
}

/** log(1 + x) in the bits of Keras on JAX: from |x| = √2 - 1 on the logarithm itself, below a rational function of x. */
export function rationalLog1p(x: Expr): Expr {
  const x2 = mul(x, x);
  const n = polynomial(
    x,
    [
      4.52700008624452e-5, 0.49854102823193375, 6.578732594206104, 29.911919328553076, 60.94966798098778,
      57.11296359058554, 20.03955349920128,
    ],
  );
  const d = polynomial(
    x,
    [
      1, 15.062909083469192, 83.04756596796722, 221.76239823732857, 309.09872225312057, 216.42788614495947,
      60.11866049760384,
    ],
  );
  const near = add(x, fma(x2, -0.5, mul(mul(x, x2), div(n, d))));
  // x itself keeps the sign of zero.
  const small = either(less(abs(x), 2 ** -30), x, near);
  return either(less(abs(x), 0.41421356237309503), small, log(add(x, 1)));
}

/** log(|x| + √(x² + 1)) with the sign of x; near 0 a polynomial (Cephes). */
export function asinh(x: Expr): Expr {
  const a = abs(x);
  const isLarge = less(1500, a);
  const z = mul(a, a);
  const far = add(log(either(isLarge, a, add(a, sqrt(add(z, 1))))), either(isLarge, Math.LN2, 0));
  const p = polynomial(z, [2.0122003309e-2, -4.2699340972e-2, 7.4847586088e-2, -1.6666288134e-1]);
  return withSign(either(less(a, 0.5), fma(mul(p, z), a, a), far), x);
}

/** log(x + √(x² - 1)) for x ≥ 1, NaN below; near 1 a polynomial in x - 1 (Cephes). */
export function acosh(x: Expr): Expr {
  const isLarge = less(1500, x);
  const z = sub(x, 1);
  const far = add(log(either(isLarge, x, add(x, sqrt(mul(z, add(x, 1)))))), either(isLarge, Math.LN2, 0));
  const p = polynomial(z, [1.7596881071e-3, -7.5272886713e-3, 2.6454905019e-2, -1.1784741703e-1, 1.4142135263]);
  return either(less(z, 0), Number.NaN, either(less(z, 0.5), mul(p, sqrt(z)), far));
}

/** log((1 + x) / (1 - x)) / 2; near 0 a polynomial (Cephes). */
export function atanh(x: Expr): Expr {
  const a = abs(x);
  const far = mul(log(div(add(a, 1), sub(1, a))), 0.5);
  const z = mul(x, x);
  const p = polynomial(z, [1.81740078349e-1, 8.24370301058e-2, 1.4669143173e-1, 1.997821645e-1, 3.33337300303e-1]);
  return either(less(a, 0.5), fma(mul(p, z), x, x), withSign(far, x));
}
