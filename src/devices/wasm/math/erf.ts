import { expOfNegative } from './exp.ts';
import { vectorFunction } from './vector-function.ts';

/**
 * The error function: near 0 a polynomial in x^2, else 1 - e^p(|x|), with minimax coefficients after N. Juffa.
 */
export const erf = vectorFunction('erf', 1, (v, x) => {
  const t = v.keep(v.atMost(v.abs(x), 5));
  const s = v.keep(v.mul(t, t));
  const near = v.polynomial(
    s,
    [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1],
  );
  const low = v.fma(t, -1.7285347e-5, 3.83197126e-4);
  const high = v.fma(t, -3.88396438e-3, 2.42546219e-2);
  const p = v.keep(v.fma(low, s, high));
  for (const c of [-1.06777877e-1, -6.34846687e-1, -1.28717512e-1]) v.f.set(p, v.fma(p, t, c));
  v.f.set(p, v.fma(p, t, v.neg(t)));
  const far = v.or(v.sub(1, expOfNegative(v, p)), v.sign(x));
  return v.select(v.less(v.abs(x), 0.921875), v.fma(near, x, x), v.select(v.isNaN(x), x, far));
});
