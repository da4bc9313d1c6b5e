import type { Local } from '../encoder/index.ts';
import type { Lanes, Value } from './lanes.ts';
import { finiteLogarithm, logarithm } from './log.ts';
import { vectorFunction } from './vector-function.ts';

/** log(1 + x): with u = 1 + x as rounded, log u + (x - (u - 1)) / u. */
export const log1p = vectorFunction('log1p', 1, (v, x) => (v.rounding === 'exact' ? rationalLog1p(v, x) : fast(v, x)));

function fast(v: Lanes, x: Local): Value {
  const u = v.keep(v.add(x, 1));
  const lost = v.sub(x, v.sub(u, 1));
  const near = v.keep(v.add(finiteLogarithm(v, u, false), v.div(lost, u)));
  // x itself keeps the sign of zero, and infinity and NaN; -1 gives -infinity, what is below NaN.
  const isKept = v.or(v.less(v.abs(x), 2 ** -30), v.or(v.lessEqual(Infinity, x), v.isNaN(x)));
  const inside = v.keep(v.select(isKept, x, near));
  return v.select(v.lessEqual(u, 0), v.select(v.equal(u, 0), -Infinity, NaN), inside);
}

/**
 * From |x| = sqrt(2) - 1 on the logarithm itself, below a rational function of x. In exact rounding these are the bits that
 * Keras on JAX computes.
 */
export function rationalLog1p(v: Lanes, x: Local): Value {
  const far = v.keep(logarithm(v, v.keep(v.add(x, 1))));
  const x2 = v.keep(v.mul(x, x));
  const n = v.polynomial(
    x,
    [
      4.52700008624452e-5, 0.49854102823193375, 6.578732594206104, 29.911919328553076, 60.94966798098778,
      57.11296359058554, 20.03955349920128,
    ],
  );
  const d = v.polynomial(
    x,
    [
      1, 15.062909083469192, 83.04756596796722, 221.76239823732857, 309.09872225312057, 216.42788614495947,
      60.11866049760384,
    ],
  );
  const t = v.mul(v.mul(x, x2), v.div(n, d));
  const near = v.keep(v.add(x, v.fma(x2, -0.5, t)));
  // x itself keeps the sign of zero.
  const small = v.select(v.less(v.abs(x), 2 ** -30), x, near);
  return v.select(v.less(v.abs(x), 0.41421356237309503), small, far);
}
