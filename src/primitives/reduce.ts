import type { Tensor } from '../ir/tensor.ts';
import { reduceSum, spread } from './broadcast.ts';
import { convert, div, eq, gt, mul, select } from './elementwise.ts';
import { full } from './generators.ts';
import { type ReduceAttrs, reduction } from './reduction.ts';

export { reduceSum };

export const reduceProd = reduction('reduceProd', 'mul', 'float32', (g, x, axes, out) => {
  // Where an element is zero its gradient is the product of the others, which division cannot give.
  const zero = full({ shape: x.shape, dtype: x.dtype, value: 0 });
  const one = full({ shape: x.shape, dtype: x.dtype, value: 1 });
  const isZero = eq(x, zero);
  const zeros = reduceSum(convert(isZero, { dtype: x.dtype }), { axes });
  const others = reduceProd(select(isZero, one, x), { axes });
  const single = spread(
    select(
      gt(zeros, full({ shape: zeros.shape, dtype: x.dtype, value: 1 })),
      full({ shape: zeros.shape, dtype: x.dtype, value: 0 }),
      others,
    ),
    x.shape,
    axes,
  );
  const plain = div(spread(out, x.shape, axes), select(isZero, one, x));
  return mul(spread(g, x.shape, axes), select(isZero, single, plain));
});
/** Elements that equal the extreme share its gradient equally. */
const extreme = (g: Tensor, x: Tensor, axes: readonly number[], out: Tensor): Tensor => {
  const hit = convert(eq(x, spread(out, x.shape, axes)), { dtype: x.dtype });
  return mul(hit, spread(div(g, reduceSum(hit, { axes })), x.shape, axes));
};
/** Largest element; NaN if there is one. */
export const reduceMax = reduction('reduceMax', 'max', 'float32', extreme);
export const reduceMin = reduction('reduceMin', 'min', 'float32', extreme);
export const reduceAnd = reduction('reduceAnd', 'and', 'bool');
export const reduceOr = reduction('reduceOr', 'or', 'bool');
export type { ReduceAttrs };
