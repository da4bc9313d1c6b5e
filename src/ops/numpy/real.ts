import { isFloat } from '../../base/dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { angleOf } from '../../primitives/complex/complex.ts';
import * as p from '../../primitives/elementwise.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType } from '../promotion.ts';
import { conjugateOf } from './conjugate.ts';

/** The complex conjugate: of real numbers, themselves. @example conj([1, 2]) // [1, 2] */
export const conj = op(['conj', 'Conjugate'], conjugateOf);
/** The complex conjugate; another name of `conj`. @example conjugate([1, 2]) // [1, 2] */
export const conjugate = op('conjugate', conjugateOf);
/** The real part: of real numbers, themselves. @example real([1, 2]) // [1, 2] */
export const real = op('real', (x: Tensor) => x.parts?.[0] ?? x);
/** The imaginary part: of real numbers, 0. @example imag(viewAsComplex([1, 2])) // 2 */
export const imag = op('imag', (x: Tensor) => x.parts?.[1] ?? like(x, 0));
/** The angle in the complex plane: 0 of positive numbers, π of negative ones. @example angle([1, -1]) // [0, 3.1416] */
export const angle = op('angle', (x: Tensor) => {
  if (x.parts) return angleOf(x.parts);
  const y = cast(x, floatType(x.dtype));
  // -0 lies on the negative side.
  const bits = p.bitcast(cast(y, 'float32'), { dtype: 'int32' });
  const turned = p.select(p.lt(bits, like(bits, 0)), like(y, Math.PI), like(y, 0));
  return isFloat(x.dtype) ? p.select(p.ne(y, y), y, turned) : turned;
});
