import type { DType } from '../base/dtype.ts';
import { range, type Shape } from '../base/shape.ts';
import { axis, type Combine, type Expr, indexOf, reduce } from '../ir/expr.ts';
import { type Primitive, primitive } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { convert, div, eq, gt, mul, select } from './elementwise.ts';
import { full } from './generators.ts';
import { broadcast } from './movement.ts';

interface ReduceAttrs {
  readonly axes: readonly number[];
}
const without = (shape: Shape, axes: readonly number[]): number[] => shape.filter((_, d) => !axes.includes(d));
/** Puts reduced axes back with the size they had. */
const spread = (y: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  broadcast(y, { shape, axes: range(shape.length).filter((d) => !axes.includes(d)) });

function reduction(
  name: string,
  combine: Combine,
  dtype: DType,
  vjp?: (g: Tensor, x: Tensor, axes: readonly number[], out: Tensor) => Tensor | null,
): Primitive<[x: Tensor], ReduceAttrs> {
  return primitive<[x: Tensor], ReduceAttrs>(name, {
    kind: 'reduce',
    result: ([x], { axes }) => ({ shape: without(x!.shape, axes), dtype: x!.dtype }),
    at: ([x], index, { axes }) => {
      const summed = axes.map((d) => axis(x!.shape[d]!, `r${d}`));
      const kept = [...index];
      const source = x!.shape.map(
        (_, d): Expr => (axes.includes(d) ? indexOf(summed[axes.indexOf(d)]!) : kept.shift()!),
      );
      return reduce(combine, summed, x!(...source));
    },
    vjp: (g, [x], { axes }, out) => [vjp ? vjp(g, x!, axes, out) : null],
    samples: [
      { inputs: [{ shape: [3, 4, 5], dtype, low: dtype === 'bool' ? 0 : 0.5, high: 2 }], attrs: { axes: [1] } },
      { inputs: [{ shape: [3, 4, 5], dtype, low: dtype === 'bool' ? 0 : 0.5, high: 2 }], attrs: { axes: [0, 2] } },
    ],
  });
}

/** Sum over axes, which vanish. */
export const reduceSum = reduction('reduceSum', 'add', 'float32', (g, x, axes) => spread(g, x.shape, axes));
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
/** Largest element; NaN when there is one. */
export const reduceMax = reduction('reduceMax', 'max', 'float32', extreme);
export const reduceMin = reduction('reduceMin', 'min', 'float32', extreme);
export const reduceAnd = reduction('reduceAnd', 'and', 'bool');
export const reduceOr = reduction('reduceOr', 'or', 'bool');
export type { ReduceAttrs };
