import { rationalLog1p } from './log1p.ts';
import { vectorFunction } from './vector-function.ts';

/**
 * The inverse of the error function (Giles, "Approximating the erfinv function"): with w = -log(1 - x^2), x times a
 * polynomial in w - 2.5 if w < 5, else in sqrt(w) - 3. In exact rounding these are the bits that Keras on JAX computes.
 */
export const erfinv = vectorFunction('erfinv', 1, (v, x) => {
  const w = v.keep(v.neg(rationalLog1p(v, v.keep(v.neg(v.mul(x, x))))));
  const isNear = v.keep(v.less(w, 5));
  const z = v.keep(v.select(isNear, v.sub(w, 2.5), v.sub(v.sqrt(w), 3)));
  const p = v.keep(v.select(isNear, near[0]!, far[0]!));
  for (let i = 1; i < near.length; i++) v.f.set(p, v.fma(p, z, v.select(isNear, near[i]!, far[i]!)));
  return v.select(v.equal(v.abs(x), 1), v.mul(x, Infinity), v.mul(p, x));
});

const near = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 2.1858087e-4, -1.25372503e-3, -4.17768164e-3,
  2.46640727e-1, 1.50140941,
];
const far = [
  -2.00214257e-4, 1.00950558e-4, 1.34934322e-3, -3.67342844e-3, 5.73950773e-3, -7.6224613e-3, 9.43887047e-3, 1.00167406,
  2.83297682,
];
