import { scaledExp } from './exp.ts';
import { logarithm } from './log.ts';
import { vectorFunction } from './vector-function.ts';

/** sinh x = (e^x - e^-x) / 2; near 0 a polynomial (Cephes). */
export const sinh = vectorFunction('sinh', 1, (v, x) => {
  const a = v.keep(v.abs(x));
  const h = v.keep(scaledExp(v, a, -1));
  const far = v.or(v.sub(h, v.div(0.25, h)), v.sign(x));
  const z = v.keep(v.mul(x, x));
  const p = v.polynomial(z, [2.03721912945e-4, 8.33028376239e-3, 1.66667160211e-1]);
  return v.select(v.less(a, 1), v.fma(v.mul(p, z), x, x), far);
});

/** cosh x = (e^x + e^-x) / 2. */
export const cosh = vectorFunction('cosh', 1, (v, x) => {
  const h = v.keep(scaledExp(v, v.keep(v.abs(x)), -1));
  return v.add(h, v.div(0.25, h));
});

/** asinh x = log(|x| + sqrt(x^2 + 1)) with the sign of x; near 0 a polynomial (Cephes). */
export const asinh = vectorFunction('asinh', 1, (v, x) => {
  const a = v.keep(v.abs(x));
  const isLarge = v.keep(v.less(1500, a));
  const z = v.keep(v.mul(a, a));
  const argument = v.keep(v.select(isLarge, a, v.add(a, v.sqrt(v.add(z, 1)))));
  const far = v.add(logarithm(v, argument), v.and(isLarge, v.keep(Math.LN2)));
  const p = v.polynomial(z, [2.0122003309e-2, -4.2699340972e-2, 7.4847586088e-2, -1.6666288134e-1]);
  return v.or(v.select(v.less(a, 0.5), v.fma(v.mul(p, z), a, a), far), v.sign(x));
});

/** acosh x = log(x + sqrt(x^2 - 1)) for x >= 1, NaN below; near 1 a polynomial in x - 1 (Cephes). */
export const acosh = vectorFunction('acosh', 1, (v, x) => {
  const isLarge = v.keep(v.less(1500, x));
  const z = v.keep(v.sub(x, 1));
  const argument = v.keep(v.select(isLarge, x, v.add(x, v.sqrt(v.mul(z, v.add(x, 1))))));
  const far = v.keep(v.add(logarithm(v, argument), v.and(isLarge, v.keep(Math.LN2))));
  const p = v.polynomial(z, [1.7596881071e-3, -7.5272886713e-3, 2.6454905019e-2, -1.1784741703e-1, 1.4142135263]);
  const near = v.mul(p, v.sqrt(z));
  return v.select(v.less(z, 0), NaN, v.select(v.less(z, 0.5), near, far));
});

/** atanh x = log((1 + x) / (1 - x)) / 2; near 0 a polynomial (Cephes). */
export const atanh = vectorFunction('atanh', 1, (v, x) => {
  const a = v.keep(v.abs(x));
  const far = v.mul(logarithm(v, v.keep(v.div(v.add(a, 1), v.sub(1, a)))), 0.5);
  const z = v.keep(v.mul(x, x));
  const p = v.polynomial(z, [1.81740078349e-1, 8.24370301058e-2, 1.4669143173e-1, 1.997821645e-1, 3.33337300303e-1]);
  return v.select(v.less(a, 0.5), v.fma(v.mul(p, z), x, x), v.or(far, v.sign(x)));
});
