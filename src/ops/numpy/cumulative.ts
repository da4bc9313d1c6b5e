import { asDType, type DType, isInexact } from '../../base/dtype.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { type CumulativeAttrs, cumProd, cumSum } from '../../primitives/cumulative/cumulative.ts';
import * as p from '../../primitives/elementwise.ts';
import { axisOf } from '../axes.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { reshapeTo } from './shape.ts';

export interface CumulativeOptions {
  /** Axis to run along; the flattened tensor when absent. */
  readonly axis?: number | null | undefined;
  /** Data type of the result; that of the input by default. */
  readonly dtype?: string | null | undefined;
}
type Run = (x: Tensor, attrs: CumulativeAttrs) => Tensor;
const run = (name: string, f: Run, clean?: number) =>
  op(
    name,
    (x: Tensor, { axis, dtype }: CumulativeOptions = {}) => {
      const type: DType = dtype ? asDType(dtype, name) : x.dtype === 'bool' ? 'int32' : x.dtype;
      const filled = clean === undefined || !isInexact(x.dtype) ? x : p.select(p.ne(x, x), like(x, clean), x);
      const isFlat = axis === undefined || axis === null;
      const y = cast(isFlat ? reshapeTo(filled, [-1]) : filled, type);
      return f(y, { axis: isFlat ? 0 : axisOf(name, axis, y.shape.length), reverse: false });
    },
    ['tensor'],
    { axis: true, dtype: true },
  );
/** Sums of all elements so far. @example cumsum([1, 2, 3]) // [1, 3, 6] */
export const cumsum = run('cumsum', cumSum);
/** Products of all elements so far. @example cumprod([1, 2, 3]) // [1, 2, 6] */
export const cumprod = run('cumprod', cumProd);
/** Sums of all elements so far, NaN counting as 0. @example nancumsum([1, NaN, 3]) // [1, 1, 4] */
export const nancumsum = run('nancumsum', cumSum, 0);
/** Products of all elements so far, NaN counting as 1. @example nancumprod([2, NaN, 3]) // [2, 2, 6] */
export const nancumprod = run('nancumprod', cumProd, 1);
