import { floatx } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast } from '../../primitives/movement.ts';
import type { Like } from '../../tensor/like.ts';
import { exactOp, op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { besselI0 } from './bessel.ts';
import { knownNumbers } from './known.ts';

type Shape = (position: Tensor, last: number) => Tensor;
/** Cosine terms of a window: `a[0] + a[1] · cos(2πn/(M - 1)) + …`. */
const cosines =
  (...a: readonly number[]): Shape =>
  (n, last) =>
    a
      .map((factor, k) =>
        k === 0 ? like(n, factor) : p.mul(p.cos(p.mul(n, like(n, (2 * Math.PI * k) / last))), like(n, factor)),
      )
      .reduce((x, y) => p.add(x, y));
/** The number of points that an argument gives: it decides a shape. */
function points(who: string, x: Like): number {
  const known = knownNumbers(x);
  const count = Array.isArray(known) ? (known as number[])[0] : known;
  if (typeof count !== 'number' || !Number.isInteger(count))
    return fail(
      who,
      `the number of points is ${count instanceof Tensor ? 'not known yet' : String(count)}`,
      'give a whole number',
    );
  return Math.max(0, count);
}
function window(name: string, f: Shape): (x: Like) => Tensor {
  const make = op(
    name,
    (count: number) => {
      const n = iota({ shape: [count], dtype: 'float32', axis: 0 });
      return cast(count <= 1 ? like(n, 1) : f(n, count - 1), floatx());
    },
    ['value'],
  );
  return exactOp(name, 1, (x: Like): Tensor => make(points(name, x)));
}
/** Bartlett's (triangular) window of x points. @example bartlett(3) // [0, 1, 0] */
export const bartlett = window('bartlett', (n, last) =>
  p.sub(like(n, 1), p.abs(p.sub(p.mul(n, like(n, 2 / last)), like(n, 1)))),
);
/** Hann's window of x points: `0.5 - 0.5 · cos(2πn / (x - 1))`. @example hanning(3) // [0, 1, 0] */
export const hanning = window('hanning', cosines(0.5, -0.5));
/** Hamming's window of x points. @example hamming(3) // [0.08, 1, 0.08] */
export const hamming = window('hamming', cosines(0.54, -0.46));
/** Blackman's window of x points. @example blackman(3) // [0, 1, 0] */
export const blackman = window('blackman', cosines(0.42, -0.5, 0.08));
const kaiserOp = op(
  'kaiser',
  (count: number, beta: Tensor) => {
    const n = iota({ shape: [count], dtype: 'float32', axis: 0 });
    if (count <= 1) return like(n, 1);
    const middle = (count - 1) / 2;
    const t = p.div(p.sub(n, like(n, middle)), like(n, middle));
    const root = p.sqrt(p.max(p.sub(like(t, 1), p.mul(t, t)), like(t, 0)));
    const b = cast(beta, 'float32');
    const over = (x: Tensor): Tensor => broadcast(x, { shape: [count], axes: [] });
    return p.div(besselI0(p.mul(root, over(b))), over(besselI0(b)));
  },
  ['value', 'tensor'],
);
/** Kaiser's window of x points; a larger `beta` makes it narrower. @example kaiser(3, 0) // [1, 1, 1] */
export const kaiser = exactOp('kaiser', 2, (x: Like, beta: Like): Tensor => kaiserOp(points('kaiser', x), beta));
