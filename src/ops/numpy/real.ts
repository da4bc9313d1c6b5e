import { isFloat } from '../../base/dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';

// There are no complex tensors: every number is its own conjugate and real part.
/** The complex conjugate: of real numbers, themselves. @example conj([1, 2]) // [1, 2] */
export const conj = op('conj', (x: Tensor) => x);
/** The complex conjugate; another name of `conj`. @example conjugate([1, 2]) // [1, 2] */
export const conjugate = op('conjugate', (x: Tensor) => x);
/** The real part: of real numbers, themselves. @example real([1, 2]) // [1, 2] */
export const real = op('real', (x: Tensor) => x);
/** The imaginary part: of real numbers, 0. @example imag([1, 2]) // [0, 0] */
export const imag = op('imag', (x: Tensor) => like(x, 0));
/** The angle in the complex plane: 0 of positive numbers, π of negative ones. @example angle([1, -1]) // [0, 3.1416] */
export const angle = op('angle', (x: Tensor) => {
  const y = cast(x, floatType(x.dtype));
  const turned = p.select(p.lt(y, like(y, 0)), like(y, Math.PI), like(y, 0));
  return isFloat(x.dtype) ? p.select(p.ne(y, y), y, turned) : turned;
});
