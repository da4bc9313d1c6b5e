import type { Expr } from '../../ir/expr.ts';
import {
  abs,
  add,
  bitsOf,
  div,
  either,
  equal,
  fma,
  less,
  mul,
  number,
  or,
  polynomial,
  sqrt,
  sub,
  withSign,
} from './terms.ts';

export function asin(x: Expr): Expr {
  const { p, isFar } = arcsine(x);
  return withSign(either(isFar, sub(Math.PI / 2, add(p, p)), p), x);
}

export function acos(x: Expr): Expr {
  const { p, isFar } = arcsine(x);
  const twice = add(p, p);
  return either(isFar, either(less(x, 0), sub(Math.PI, twice), twice), sub(Math.PI / 2, withSign(p, x)));
}

/** asin s for s = |x| or, where |x| > 1/2, s = √((1 - |x|) / 2) (Cephes). */
function arcsine(x: Expr): { p: Expr; isFar: Expr } {
  const a = abs(x);
  const isFar = less(0.5, a);
  const z = either(isFar, mul(sub(1, a), 0.5), mul(a, a));
  const s = either(isFar, sqrt(z), a);
  const p = polynomial(z, [4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1]);
  return { p: fma(mul(p, z), s, s), isFar };
}

export const atan = (x: Expr): Expr => withSign(quadrant(abs(x), number(1)), x);

/** The angle of the point (x, y), in [-π, π]. */
export function atan2(y: Expr, x: Expr): Expr {
  const angle = quadrant(abs(y), abs(x));
  // The sign bit decides, so that x = -0 counts as negative.
  return withSign(either(less(bitsOf(x), 0), sub(Math.PI, angle), angle), y);
}

/** atan(y / x) for y, x ≥ 0, in [0, π / 2]. */
function quadrant(y: Expr, x: Expr): Expr {
  const isSteep = less(x, y);
  const over = either(isSteep, x, y);
  const under = either(isSteep, y, x);
  // Beyond tan(π / 8) measured from π / 4: atan(a / b) = π / 4 + atan((a - b) / (a + b)).
  const isSame = equal(over, under);
  const isMiddle = or(less(mul(under, 0.41421356237309503), over), isSame);
  // Halves, because the sum may overflow.
  const top = either(isMiddle, sub(mul(over, 0.5), mul(under, 0.5)), over);
  const bottom = either(isMiddle, add(mul(over, 0.5), mul(under, 0.5)), under);
  // 0 / 0 and infinity / infinity are the angles 0 and π / 4.
  const t = either(isSame, 0, div(top, bottom));
  const z = mul(t, t);
  const p = polynomial(z, [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1]);
  const first = add(fma(mul(p, z), t, t), either(equal(under, 0), 0, either(isMiddle, Math.PI / 4, 0)));
  return either(isSteep, sub(Math.PI / 2, first), first);
}
