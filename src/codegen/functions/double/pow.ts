import { expDouble, logDouble } from './double-precision.ts';
import { doubleFunction, inDouble } from './lanes.ts';

/** x^y = e^(y log |x|), in float64; negative where x < 0 and y is odd, NaN where x < 0 and y is no integer. */
export const pow = doubleFunction('pow', 2, (v, x, y) => {
  const a = v.keep(v.abs(x));
  const size = v.keep(
    inDouble(v, [a, y], (d, [base, exponent]) => {
      const positive = d.keep(d.atMost(d.atLeast(base, 2 ** -160), 2 ** 140));
      // 1^y is 1 even for infinite y, and x^0 even for infinite x: a factor 0 must win over infinity.
      const product = d.keep(d.mul(logDouble(d, positive), d.atMost(d.atLeast(exponent, -1e30), 1e30)));
      return expDouble(d, product);
    }),
  );
  // 0^y and infinity^y exactly: 0, 1 or infinity.
  const isZero = v.keep(v.equal(a, 0));
  const isExtreme = v.keep(v.or(isZero, v.equal(a, Infinity)));
  const grows = v.xor(v.less(0, y), isZero);
  const extreme = v.select(v.equal(y, 0), 1, v.select(grows, Infinity, 0));
  const magnitude = v.keep(v.select(isExtreme, extreme, size));
  // Odd: an integer whose half is none.
  const halfY = v.keep(v.mul(y, 0.5));
  const isInteger = v.keep(v.equal(v.floor(y), y));
  const isOdd = v.without(isInteger, v.equal(v.floor(halfY), halfY));
  const signed = v.keep(v.or(magnitude, v.and(v.sign(x), isOdd)));
  const isWrong = v.without(v.and(v.less(x, 0), v.lessEqual(v.abs(x), 3.4028234663852886e38)), isInteger);
  const valid = v.keep(v.select(isWrong, NaN, signed));
  // NaN in, NaN out, but for x^0 and 1^y.
  const isNaN = v.keep(v.or(v.isNaN(x), v.isNaN(y)));
  const isOne = v.or(v.equal(y, 0), v.equal(x, 1));
  return v.select(isOne, 1, v.select(isNaN, NaN, valid));
});
