import { type DType, isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { whileLoop } from '../../primitives/control/control.ts';
import * as p from '../../primitives/elementwise.ts';
import { reduceOr } from '../../primitives/reduce.ts';
import { op } from '../op.ts';
import { align, cast, like, type Operand } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';

type Strict = (x: Tensor, y: Tensor) => Tensor;
const integers = (who: string, x: Tensor): void => {
  if (isFloat(x.dtype)) fail(who, `the operands are ${x.dtype}`, 'give integers or truth values');
};
const bitwise = (name: string, f: Strict, dtype: (common: DType) => DType = (d) => d) =>
  op(
    name,
    (x: Operand, y: Operand) => {
      const [a, b] = align(name, [x, y] as const, dtype);
      integers(name, a);
      return f(a, b);
    },
    ['operand', 'operand'],
  );
const inverted = (name: string) =>
  op(name, (x: Tensor) => {
    integers(name, x);
    return p.not(x);
  });
const counted = (dtype: DType): DType => resultType(dtype, 'int');
// A shift by the width or more leaves nothing, also of types narrower than the 32 bits in which they are shifted.
const left: Strict = (x, y) => p.shiftLeft(x, y);
const right: Strict = (x, y) => p.shiftRight(x, y);

/** Bits that are set in both. @example bitwiseAnd([6], [3]) // [2] */
export const bitwiseAnd = bitwise('bitwiseAnd', p.bitAnd);
/** Bits that are set in one or both. @example bitwiseOr([6], [3]) // [7] */
export const bitwiseOr = bitwise('bitwiseOr', p.bitOr);
/** Bits that are set in exactly one. @example bitwiseXor([6], [3]) // [5] */
export const bitwiseXor = bitwise('bitwiseXor', p.bitXor);
/** All bits turned over. @example bitwiseNot([0]) // [-1] */
export const bitwiseNot = inverted('bitwiseNot');
/** All bits turned over; another name of `bitwiseNot`. @example bitwiseInvert([0]) // [-1] */
export const bitwiseInvert = inverted('bitwiseInvert');
/** Bits moved up. @example leftShift([3], 2) // [12] */
export const leftShift = bitwise('leftShift', left, counted);
/** Bits moved up; another name of `leftShift`. @example bitwiseLeftShift([3], 2) // [12] */
export const bitwiseLeftShift = bitwise('bitwiseLeftShift', left, counted);
/** Bits moved down; the sign is kept. @example rightShift([12], 2) // [3] */
export const rightShift = bitwise('rightShift', right, counted);
/** Bits moved down; another name of `rightShift`. @example bitwiseRightShift([12], 2) // [3] */
export const bitwiseRightShift = bitwise('bitwiseRightShift', right, counted);

/** Euclid's algorithm, on all elements at once. */
function greatest(x: Tensor, y: Tensor): Tensor {
  const size = (t: Tensor): Tensor => (t.dtype.startsWith('uint') ? t : p.abs(t));
  const all = x.shape.map((_, d) => d);
  const some = (t: Tensor): Tensor => {
    const isLeft = p.ne(t, like(t, 0));
    return all.length === 0 ? isLeft : reduceOr(isLeft, { axes: all });
  };
  return whileLoop(
    ([, b]) => some(b),
    ([a, b]) => {
      const isDone = p.eq(b, like(b, 0));
      const divisor = p.select(isDone, like(b, 1), b);
      return [p.select(isDone, a, b), p.select(isDone, b, p.rem(a, divisor))];
    },
    [size(x), size(y)],
  )[0];
}
const wholeFor =
  (who: string) =>
  (dtype: DType): DType =>
    dtype === 'bool' ? fail(who, 'both operands are bool', 'cast one of them to int32') : counted(dtype);
/** Greatest common divisor. @example gcd([12], [18]) // [6] */
export const gcd = bitwise('gcd', greatest, wholeFor('gcd'));
/** Least common multiple. @example lcm([4], [6]) // [12] */
export const lcm = bitwise(
  'lcm',
  (x, y) => {
    const divisor = greatest(x, y);
    const isZero = p.eq(divisor, like(divisor, 0));
    const product = p.mul(p.div(x, p.select(isZero, like(divisor, 1), divisor)), y);
    return p.select(isZero, like(x, 0), x.dtype.startsWith('uint') ? product : p.abs(product));
  },
  wholeFor('lcm'),
);
/** `x1 · 2^x2`. @example ldexp([3], [2]) // [12] */
export const ldexp = op(
  'ldexp',
  (x1: Tensor, x2: Tensor) => {
    if (isFloat(x2.dtype)) fail('ldexp', `x2 is ${x2.dtype}`, 'give whole exponents');
    const [x, whole] = align('ldexp', [x1, x2] as const, floatType);
    const n = p.max(p.min(cast(whole, 'int32'), cast(like(whole, 300), 'int32')), cast(like(whole, -300), 'int32'));
    // Three exact powers of two, so that no intermediate leaves the range before the result does.
    const third = p.div(n, like(n, 3));
    const power = (e: Tensor): Tensor =>
      cast(p.bitcast(p.shiftLeft(p.add(e, like(e, 127)), like(e, 23)), { dtype: 'float32' }), x.dtype);
    const rest = p.sub(n, p.mul(third, like(n, 2)));
    return p.mul(p.mul(p.mul(x, power(third)), power(third)), power(rest));
  },
  ['tensor', 'tensor'],
);
