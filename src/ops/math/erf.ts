import type { Tensor } from '../../ir/tensor.ts';
import { callWithGradient } from '../../primitives/control/control.ts';
import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

const float = (name: string, f: (x: Tensor) => Tensor) => op(name, (x: Tensor) => f(cast(x, floatType(x.dtype))));
/** `2/√π · ∫ exp(-t²) dt` from 0 to x. @example erf([0, 1]) // [0, 0.8427] */
export const erf = float('erf', p.erf);
/** The x whose `erf` is given. @example erfinv([0, 0.5]) // [0, 0.4769] */
export const erfinv = float('erfinv', p.erfinv);

// exp(x²) erfc(x) as a polynomial in t = 2 / (2 + x), relative error below 1.2e-7 (Press et al., Numerical Recipes).
const tail = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];
function complement(x: Tensor): Tensor {
  const size = p.abs(x);
  const t = p.div(like(x, 2), p.add(size, like(x, 2)));
  const polynomial = tail.slice(1).reduce((sum, c) => p.add(p.mul(sum, t), like(x, c)), like(x, tail[0]));
  const far = p.mul(t, p.exp(p.sub(polynomial, p.mul(size, size))));
  const sided = p.select(p.lt(x, like(x, 0)), p.sub(like(x, 2), far), far);
  return p.select(p.lt(size, like(x, 0.5)), p.sub(like(x, 1), p.erf(x)), sided);
}
/** `1 - erf(x)`, exact where that is small. @example erfc([0, 1]) // [1, 0.1573] */
export const erfc = float('erfc', (x) => {
  const slope = (g: Tensor, y: Tensor): Tensor =>
    p.mul(g, p.mul(p.exp(p.neg(p.mul(y, y))), like(y, -2 / Math.sqrt(Math.PI))));
  return callWithGradient(
    ([y]) => [complement(y)],
    [x],
    ([g], [y]) => [g ? slope(g, y) : null],
    'erfc',
  )[0];
});
