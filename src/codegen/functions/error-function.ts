import type { Expr } from '../../ir/expr.ts';
import { expOfNegative } from './exponential.ts';
import { rationalLog1p } from './logarithm.ts';
import { abs, atMost, either, equal, fma, isNaN, less, mul, neg, polynomial, sqrt, sub, withSign } from './terms.ts';

/** The error function: near 0 a polynomial in x², else 1 - e^p(|x|), with minimax coefficients after N. Juffa. */
export function erf(x: Expr): Expr {
  const t = atMost(abs(x), 5);
  const s = mul(t, t);
  const near = polynomial(
    s,
    [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1],
  );
  const low = fma(t, -1.7285347e-5, 3.83197126e-4);
  const high = fma(t, -3.88396438e-3, 2.42546219e-2);
  const p = [-1.06777877e-1, -6.34846687e-1, -1.28717512e-1].reduce((sum, c) => fma(sum, t, c), fma(low, s, high));
  const far = withSign(sub(1, expOfNegative(fma(p, t, neg(t)))), x);
  return either(less(abs(x), 0.921875), fma(near, x, x), either(isNaN(x), x, far));
}

/**
 * The inverse of the error function (Giles, "Approximating the erfinv function"): with w = -log(1 - x²), x times a polynomial in
 * w - 2.5 if w < 5, else in √w - 3. Where a·b + c is rounded once, these are the bits that Keras on JAX computes.
 */
export function erfinv(x: Expr): Expr {
  const w = neg(rationalLog1p(neg(mul(x, x))));
  const isNear = less(w, 5);
  const z = either(isNear, sub(w, 2.5), sub(sqrt(w), 3));
  const coefficients = near.map((c, i) => either(isNear, c, far[i]));
  const p = coefficients.slice(1).reduce((sum, c) => fma(sum, z, c), coefficients[0]);
  return either(equal(abs(x), 1), mul(x, Infinity), mul(p, x));
}

const near = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  2.46640727e-1, 1.50140941,
];
const far = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406,
  2.83297682,
];
