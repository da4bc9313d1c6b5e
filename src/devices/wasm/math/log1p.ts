import { logarithm } from './log.ts';
import { vectorFunction } from './vector-function.ts';

/**
 * log(1 + x): from |x| = sqrt(2) - 1 on the logarithm itself, below a rational function of x. In exact rounding these are
 * the bits that Keras on JAX computes.
 */
export const log1p = vectorFunction('log1p', 1, (v, x) => {
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
});
