import { isInexact } from '../../base/dtype.ts';
import { ComplexRefused } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { align, cast, like, type Operand, spread } from '../operands.ts';
import { type CloseOptions, closeOptions } from './close-options.ts';

type Strict = (x: Tensor, y: Tensor) => Tensor;
const comparison = (name: string, f: Strict) =>
  op(name, (x1: Operand, x2: Operand) => f(...align(name, [x1, x2] as const)), ['operand', 'operand']);
const logical = (name: string, f: Strict) =>
  op(name, (x1: Operand, x2: Operand) => f(...spread(name, [x1, x2] as const, 'bool')), ['operand', 'operand']);

/** Whether `x1 == x2`, element by element. @example equal([1, 2], 2) // [false, true] */
export const equal = comparison('equal', p.eq);
/** Whether `x1 != x2`, element by element. @example notEqual([1, 2], 2) // [true, false] */
export const notEqual = comparison('notEqual', p.ne);
/** Whether `x1 > x2`, element by element. @example greater([1, 3], 2) // [false, true] */
export const greater = comparison('greater', p.gt);
/** Whether `x1 >= x2`, element by element. @example greaterEqual([1, 2], 2) // [false, true] */
export const greaterEqual = comparison('greaterEqual', p.ge);
/** Whether `x1 < x2`, element by element. @example less([1, 2], 2) // [true, false] */
export const less = comparison('less', p.lt);
/** Whether `x1 <= x2`, element by element. @example lessEqual([2, 3], 2) // [true, false] */
export const lessEqual = comparison('lessEqual', p.le);

/** Whether both are true; anything but 0 is. @example logicalAnd([true, true], [true, false]) // [true, false] */
export const logicalAnd = logical('logicalAnd', p.bitAnd);
/** Whether one or both are true. @example logicalOr([true, false], [false, false]) // [true, false] */
export const logicalOr = logical('logicalOr', p.bitOr);
/** Whether exactly one is true. @example logicalXor([true, true], [true, false]) // [false, true] */
export const logicalXor = logical('logicalXor', p.ne);
/** Whether an element is false. @example logicalNot([true, false]) // [false, true] */
export const logicalNot = op('logicalNot', (x: Tensor) => p.not(cast(x, 'bool')));

const never = (x: Tensor): Tensor => cast(like(x, 0), 'bool');
/** A question about floats that has one answer for all other types. */
const asked = (name: string, f: (x: Tensor) => Tensor, otherwise: (x: Tensor) => Tensor = never) =>
  op(name, (x: Tensor) => (isInexact(x.dtype) ? f(x) : otherwise(x)));

const isEndless = (x: Tensor): Tensor => p.eq(x, like(x, Infinity));
const isBounded = (x: Tensor): Tensor => p.lt(x, like(x, Infinity));
/** A tensor whose elements have an order. */
function real(x: Tensor): Tensor {
  if (x.parts) throw new ComplexRefused('order');
  return x;
}
/** Whether an element is not a number. @example isnan([1, NaN]) // [false, true] */
const isNan = asked('isnan', (x) => p.ne(x, x));
/** Whether an element is infinite. @example isinf([1, -Infinity]) // [false, true] */
export const isinf = asked('isinf', (x) => isEndless(p.abs(x)));
/** Whether an element is neither infinite nor NaN. @example isfinite([1, NaN]) // [true, false] */
const isFiniteOp = asked(
  'isfinite',
  (x) => isBounded(p.abs(x)),
  (x) => p.not(never(x)),
);
/** Whether an element is -∞. @example isneginf([-Infinity, 1]) // [true, false] */
export const isneginf = asked('isneginf', (x) => isEndless(p.neg(real(x))));
/** Whether an element is +∞. @example isposinf([Infinity, 1]) // [true, false] */
export const isposinf = asked('isposinf', (x) => isEndless(real(x)));
/** Whether an element has no imaginary part. @example isreal(viewAsComplex([[1, 0], [1, 2]])) // [true, false] */
export const isreal = op('isreal', (x: Tensor) => (x.parts ? p.eq(x.parts[1], like(x.parts[1], 0)) : p.not(never(x))));

export type { CloseOptions };
export { isFiniteOp as isfinite, isNan as isnan };
/** Whether `|x1 - x2| <= atol + rtol · |x2|`, element by element. @example isclose([1, 2], [1, 2.1]) // [true, false] */
export const isclose = op('isclose', close, ['operand', 'operand'], closeOptions);
function close(x1: Operand, x2: Operand, { rtol = 1e-5, atol = 1e-8, equalNan = false }: CloseOptions = {}): Tensor {
  const [x, y] = align('isclose', [x1, x2] as const, (dtype) => (isInexact(dtype) ? dtype : 'float32'));
  const size = p.abs(y);
  const tolerance = p.add(like(size, atol), p.mul(like(size, rtol), size));
  const near = p.bitAnd(p.le(p.abs(p.sub(x, y)), tolerance), isBounded(size));
  const same = p.bitOr(near, p.eq(x, y));
  return equalNan ? p.bitOr(same, p.bitAnd(p.ne(x, x), p.ne(y, y))) : same;
}
