import type { DType } from '../base/dtype.ts';
import type { Shape } from '../base/shape.ts';
import { axis, type Combine, type Expr, indexOf, reduce } from '../ir/expr.ts';
import { type Primitive, primitive } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';

export interface ReduceAttrs {
  readonly axes: readonly number[];
}
const without = (shape: Shape, axes: readonly number[]): number[] => shape.filter((_, d) => !axes.includes(d));

/** A primitive that combines elements along axes and removes these axes. */
export function reduction(
  name: string,
  combine: Combine,
  dtype: DType,
  vjp?: (g: Tensor, x: Tensor, axes: readonly number[], out: Tensor) => Tensor | null,
): Primitive<[x: Tensor], ReduceAttrs> {
  return primitive<[x: Tensor], ReduceAttrs>(name, {
    kind: 'reduce',
    result: ([x], { axes }) => ({ shape: without(x.shape, axes), dtype: x.dtype }),
    at: ([x], index, { axes }) => {
      const summed = axes.map((d) => axis(x.shape[d], `r${d}`));
      const kept = [...index];
      const source = x.shape.map((_, d): Expr => (axes.includes(d) ? indexOf(summed[axes.indexOf(d)]) : kept.shift()!));
      return reduce(combine, summed, x(...source));
    },
    vjp: (g, [x], { axes }, out) => [vjp ? vjp(g, x, axes, out) : null],
    samples: [
      { inputs: [{ shape: [3, 4, 5], dtype, low: dtype === 'bool' ? 0 : 0.5, high: 2 }], attrs: { axes: [1] } },
      { inputs: [{ shape: [3, 4, 5], dtype, low: dtype === 'bool' ? 0 : 0.5, high: 2 }], attrs: { axes: [0, 2] } },
    ],
  });
}
