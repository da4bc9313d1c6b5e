import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

// Chebyshev coefficients of exp(-x) I0(x) on [0, 8], and of exp(-x) sqrt(x) I0(x) on [8, ∞) in 1/x (Cephes, single precision).
const near = [
  -1.300025009986248e-8, 6.046995022541919e-8, -2.670793853940612e-7, 1.1173875391201037e-6, -4.4167383584587505e-6,
  1.6448448070728896e-5, -5.754195010082104e-5, 0.00018850288509584165, -0.0005763755745385824, 0.0016394756169413357,
  -0.004324309995050576, 0.010546460394594998, -0.02373741480589947, 0.04930528423967071, -0.09490109704804764,
  0.17162090152220877, -0.3046826723431984, 0.6767952744094761,
];
const far = [
  3.3962320257083865e-9, 2.266668990498178e-8, 2.0489185894690638e-7, 2.8913705208347567e-6, 6.889758346916825e-5,
  0.0033691164782556943, 0.8044904110141088,
];
/** Clenshaw's sum of a Chebyshev series. */
function chebyshev(x: Tensor, coefficients: readonly number[]): Tensor {
  let [b0, b1, b2] = [like(x, coefficients[0]), like(x, 0), like(x, 0)];
  for (const c of coefficients.slice(1)) {
    [b2, b1] = [b1, b0];
    b0 = p.add(p.sub(p.mul(x, b1), b2), like(x, c));
  }
  return p.mul(p.sub(b0, b2), like(x, 0.5));
}
export function besselI0(x: Tensor): Tensor {
  const size = p.abs(x);
  const isNear = p.le(size, like(x, 8));
  const small = p.select(isNear, size, like(x, 8));
  const large = p.select(isNear, like(x, 8), size);
  const inner = p.mul(p.exp(small), chebyshev(p.sub(p.mul(small, like(x, 0.5)), like(x, 2)), near));
  const outer = p.div(p.mul(p.exp(large), chebyshev(p.sub(p.div(like(x, 32), large), like(x, 2)), far)), p.sqrt(large));
  return p.select(isNear, inner, outer);
}
/** Modified Bessel function of the first kind and order 0. @example i0([0]) // [1] */
export const i0 = op('i0', (x: Tensor) => {
  const y = cast(x, floatType(x.dtype));
  return y.dtype === 'float64' ? besselI0(y) : cast(besselI0(cast(y, 'float32')), y.dtype);
});
