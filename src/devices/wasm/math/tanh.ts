import { exponentialLessOne } from './expm1.ts';
import { vectorFunction } from './vector-function.ts';

/** The hyperbolic tangent: t / (t + 2) with t = e^(2|x|) - 1, and the sign of x. */
export const tanh = vectorFunction('tanh', 1, (v, x) => {
  const a = v.keep(v.atMost(v.abs(x), 10));
  const t = v.keep(exponentialLessOne(v, v.keep(v.add(a, a))));
  return v.or(v.div(t, v.add(t, 2)), v.sign(x));
});
