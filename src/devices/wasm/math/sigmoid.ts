import { expOfNegative } from './exp.ts';
import { vectorFunction } from './vector-function.ts';

/** The logistic function 1 / (1 + e^-x); with e = e^-|x| it is 1 / (1 + e) or, for negative x, e / (1 + e). */
export const sigmoid = vectorFunction('sigmoid', 1, (v, x) => {
  const e = v.keep(expOfNegative(v, v.keep(v.neg(v.abs(x)))));
  return v.div(v.select(v.less(x, 0), e, 1), v.add(e, 1));
});
