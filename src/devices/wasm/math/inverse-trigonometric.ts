import type { Local } from '../encoder/index.ts';
import type { Lanes, Value } from './lanes.ts';
import { vectorFunction } from './vector-function.ts';

export const asin = vectorFunction('asin', 1, (v, x) => {
  const a = v.keep(v.abs(x));
  const isFar = v.keep(v.less(0.5, a));
  const p = arcsine(v, a, isFar);
  return v.or(v.select(isFar, v.sub(Math.PI / 2, v.add(p, p)), p), v.sign(x));
});

export const acos = vectorFunction('acos', 1, (v, x) => {
  const a = v.keep(v.abs(x));
  const isFar = v.keep(v.less(0.5, a));
  const p = arcsine(v, a, isFar);
  const twice = v.keep(v.add(p, p));
  const far = v.select(v.less(x, 0), v.sub(Math.PI, twice), twice);
  return v.select(isFar, far, v.sub(Math.PI / 2, v.or(p, v.sign(x))));
});

/** asin s for s = a or, where a > 1/2, s = sqrt((1 - a) / 2) (Cephes). */
function arcsine(v: Lanes, a: Local, isFar: Local): Local {
  const z = v.keep(v.select(isFar, v.mul(v.sub(1, a), 0.5), v.mul(a, a)));
  const s = v.keep(v.select(isFar, v.sqrt(z), a));
  const p = v.polynomial(z, [4.2163199048e-2, 2.4181311049e-2, 4.5470025998e-2, 7.4953002686e-2, 1.6666752422e-1]);
  return v.keep(v.fma(v.mul(p, z), s, s));
}

export const atan = vectorFunction('atan', 1, (v, x) => {
  const angle = quadrant(v, v.keep(v.abs(x)), v.keep(1));
  return v.or(angle, v.sign(x));
});

/** The angle of the point (x, y), `atan2(y, x)`, in [-pi, pi]. */
export const atan2 = vectorFunction('atan2', 2, (v, y, x) => {
  const angle = v.keep(quadrant(v, v.keep(v.abs(y)), v.keep(v.abs(x))));
  // The sign bit decides, so that x = -0 counts as negative.
  const isLeft = v.keep(v.shiftRightSigned(x, 31));
  const turned = v.keep(v.select(isLeft, v.sub(Math.PI, angle), angle));
  return v.or(turned, v.sign(y));
});

/** atan(y / x) for y, x >= 0, in [0, pi / 2]. */
function quadrant(v: Lanes, y: Local, x: Local): Value {
  const isSteep = v.keep(v.less(x, y));
  const over = v.keep(v.select(isSteep, x, y));
  const under = v.keep(v.select(isSteep, y, x));
  // Beyond tan(pi / 8) measured from pi / 4: atan(a / b) = pi / 4 + atan((a - b) / (a + b)).
  const isSame = v.keep(v.equal(over, under));
  const isMiddle = v.keep(v.or(v.less(v.mul(under, 0.41421356237309503), over), isSame));
  // Halves, because the sum may overflow.
  const top = v.select(isMiddle, v.sub(v.mul(over, 0.5), v.mul(under, 0.5)), over);
  const bottom = v.select(isMiddle, v.add(v.mul(over, 0.5), v.mul(under, 0.5)), under);
  const quotient = v.keep(v.div(top, bottom));
  // 0 / 0 and infinity / infinity are the angles 0 and pi / 4.
  const t = v.keep(v.select(isSame, 0, quotient));
  const z = v.keep(v.mul(t, t));
  const p = v.polynomial(z, [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1]);
  const small = v.fma(v.mul(p, z), t, t);
  const isOrigin = v.equal(under, 0);
  const first = v.keep(v.add(small, v.without(v.and(isMiddle, v.keep(Math.PI / 4)), isOrigin)));
  return v.select(isSteep, v.sub(Math.PI / 2, first), first);
}
