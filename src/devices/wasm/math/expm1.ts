import type { Local } from '../encoder/index.ts';
import { expTail, reduce } from './exp.ts';
import type { Lanes, Value } from './lanes.ts';
import { vectorFunction } from './vector-function.ts';

/** e^x - 1, exact to the last places for small x. */
export const expm1 = vectorFunction('expm1', 1, (v, x) => exponentialLessOne(v, x));

/** With x = n ln 2 + r: 2^n (e^r - 1) + (2^n - 1). */
export function exponentialLessOne(v: Lanes, x: Local): Value {
  const { n, r } = reduce(v, v.keep(v.atLeast(v.atMost(x, 89), -18)), 126);
  const p = v.keep(v.fma(v.mul(r, r), expTail(v, r), r));
  // Half of everything, because 2^128 overflows: 126 is the exponent of 1/2.
  const s = v.keep(v.shiftLeft(n, 23));
  const half = v.keep(v.fma(s, p, v.sub(s, 0.5)));
  return v.select(v.less(v.abs(x), 2 ** -26), x, v.add(half, half));
}
