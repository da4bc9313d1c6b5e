import { cosPiDouble, logDouble, sinPiDouble } from './double-precision.ts';
import { doubleFunction, inDouble, type Lanes } from './lanes.ts';

// Lanczos' coefficients for g = 7 and nine terms.
const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** log |gamma(x)|, after Lanczos in float64; infinite at 0 and the negative integers. */
export const lgamma = doubleFunction('lgamma', 1, (v, x) => {
  const y = v.keep(
    inDouble(v, [x], (d, [wide]) => {
      // Below 1/2 by reflection: log(pi / |sin(pi x)|) - lgamma(1 - x).
      const isLow = d.keep(d.less(wide, 0.5));
      const z = d.keep(d.sub(d.select(isLow, d.sub(1, wide), wide), 1));
      const sum = d.keep(0.9999999999998099);
      lanczos.forEach((c, i) => d.update(sum, d.add(sum, d.div(c, d.add(z, i + 1)))));
      const t = d.keep(d.add(z, 7.5));
      const main = d.sub(d.mul(d.add(z, 0.5), logDouble(d, t)), t);
      const positive = d.keep(d.add(d.add(main, logDouble(d, sum)), Math.log(2 * Math.PI) / 2));
      const s = d.keep(d.abs(sinPiDouble(d, wide)));
      const reflected = d.sub(d.sub(Math.log(Math.PI), logDouble(d, s)), positive);
      return d.select(isLow, reflected, positive);
    }),
  );
  const isPole = v.and(v.lessEqual(x, 0), v.equal(v.floor(x), x));
  return v.select(v.or(isPole, v.equal(v.abs(x), Infinity)), Infinity, v.select(v.isNaN(x), x, y));
});

/** The derivative of log gamma(x), in float64: ten steps of psi(x + 1) = psi(x) + 1 / x, then the asymptotic series. */
export const digamma = doubleFunction('digamma', 1, (v, x) => {
  const y = v.keep(
    inDouble(v, [x], (d, [wide]) => {
      // Below 1/2 by reflection: psi(1 - x) - pi / tan(pi x).
      const isLow = d.keep(d.less(wide, 0.5));
      const z = d.keep(d.select(isLow, d.sub(1, wide), wide));
      const positive = d.keep(asymptotic(d, z));
      const cotangent = d.div(cosPiDouble(d, wide), sinPiDouble(d, wide));
      return d.select(isLow, d.sub(positive, d.mul(cotangent, Math.PI)), positive);
    }),
  );
  const isPole = v.and(v.less(x, 0), v.equal(v.floor(x), x));
  const atZero = v.or(v.keep(-Infinity), v.sign(x));
  const special = v.select(isPole, NaN, v.select(v.equal(x, 0), v.xor(atZero, v.and(v.sign(x), v.signBit)), y));
  return v.select(v.equal(x, Infinity), Infinity, v.select(v.equal(x, -Infinity), NaN, special));
});

function asymptotic<V>(d: Lanes<V>, z: V): V {
  const sum = d.keep(0);
  const steps = 10;
  for (let i = 0; i < steps; i++) d.update(sum, d.add(sum, d.div(1, d.add(z, i))));
  const x = d.keep(d.add(z, steps));
  const inverse = d.keep(d.div(1, x));
  const w = d.keep(d.mul(inverse, inverse));
  // Bernoulli numbers B_2n / 2n.
  const series = d.polynomial(w, [1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12, 0]);
  return d.sub(d.sub(d.sub(logDouble(d, x), d.mul(inverse, 0.5)), series), sum);
}
