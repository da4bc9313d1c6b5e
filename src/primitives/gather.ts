import { range, type Shape } from '../base/shape.ts';
import { apply, both, constant, type Expr, scalarType, select } from '../ir/expr.ts';
import { type Primitive, primitive, type SampleInput } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { max as larger, min as smaller } from './elementwise.ts';
import { full } from './generators.ts';
import { transpose } from './movement.ts';
import { indexShape, wholeAxes } from './places.ts';
import { scatter } from './scatter.ts';

/** Which elements are taken, and what stands for those outside. */
export interface GatherAttrs {
  /** Number of leading axes that x and the indices share. */
  readonly batch: number;
  /** Axes of x (ascending, after the batch) that are indexed, one for each index tensor. */
  readonly axes: readonly number[];
  /** Outside of x: `clamp` takes the nearest element, `fill` gives the value `fill`. */
  readonly mode: 'clamp' | 'fill';
  readonly fill: number;
}

type Inputs = [x: Tensor, ...indices: Tensor[]];
const recordGather: Primitive<Inputs, GatherAttrs> = primitive<Inputs, GatherAttrs>('gather', {
  kind: 'movement',
  result: ([x, ...indices], attrs) => ({
    shape: [
      ...indexShape('gather', x!, indices, attrs.batch, attrs.axes),
      ...wholeAxes(x!.shape.length, attrs).map((d) => x!.shape[d]!),
    ],
    dtype: x!.dtype,
  }),
  at: ([x, ...indices], index, attrs) => {
    const { axes, batch, mode, fill } = attrs;
    const rank = indices[0]!.shape.length;
    const place = index.slice(0, rank);
    const source: Expr[] = index.slice(0, batch);
    const found = indices.map((i) => i(...place));
    axes.forEach((a, k) => {
      // Clamped in either mode: nothing may be read beyond the array.
      source[a] = apply('max', apply('min', found[k]!, x!.shape[a]! - 1), 0);
    });
    wholeAxes(x!.shape.length, attrs).forEach((d, k) => {
      source[d] = index[rank + k]!;
    });
    if (axes.some((a) => x!.shape[a] === 0)) return constant(fill, scalarType(x!.dtype));
    if (mode === 'clamp') return x!(...source);
    const inside = axes.flatMap((a, k) => [apply('ge', found[k]!, 0), apply('lt', found[k]!, x!.shape[a]!)]);
    return select(both(inside), x!(...source), constant(fill, scalarType(x!.dtype)));
  },
  vjp: (g, [x, ...indices], { batch, axes, mode }) => {
    const zeros = full({ shape: x!.shape, dtype: x!.dtype, value: 0 });
    const places = mode === 'fill' ? indices : indices.map((i, k) => clamp(i, x!.shape[axes[k]!]!));
    return [scatter(zeros, g, places, { batch, axes, combine: 'add' }), ...indices.map(() => null)];
  },
  samples: [
    { inputs: [{ shape: [4, 3] }, ints([2, 2], [1, 3, 0, 3])], attrs: { batch: 0, axes: [0], mode: 'clamp', fill: 0 } },
    {
      inputs: [{ shape: [4, 3, 2] }, ints([3], [1, -1, 2]), ints([3], [1, 1, 7])],
      attrs: { batch: 0, axes: [0, 2], mode: 'fill', fill: 5 },
    },
    {
      inputs: [{ shape: [2, 5, 3] }, ints([2, 4], [1, 4, 4, 9, 0, -2, 3, 3])],
      attrs: { batch: 1, axes: [1], mode: 'clamp', fill: 0 },
    },
    {
      inputs: [{ shape: [2, 3, 4] }, ints([2, 3, 2], [1, 3, 3, 3, 9, 0, 0, 1, 2, -1, 2, 0])],
      attrs: { batch: 2, axes: [2], mode: 'fill', fill: 0 },
    },
  ],
});

function ints(shape: Shape, values: readonly number[]): SampleInput {
  return { shape, dtype: 'int32', values };
}
function clamp(indices: Tensor, size: number): Tensor {
  const all = (value: number): Tensor => full({ shape: indices.shape, dtype: 'int32', value });
  return larger(smaller(indices, all(size - 1)), all(0));
}

/**
 * Elements of x at computed places: `out[b…, i…, s…] = x[b…, …]` where axis `axes[k]` of x stands at `indices[k][b…, i…]`
 * and the other axes, in order, at s. Negative indices are outside.
 */
export const gather = Object.assign(
  (x: Tensor, indices: readonly Tensor[], attrs: GatherAttrs): Tensor =>
    recordGather(...([x, ...indices] as unknown as [Tensor]), attrs),
  { rule: recordGather.rule },
);

/** `out[…, i, …] = x[…, indices[…, i, …], …]` along one axis; all other axes of x and the indices are equal. */
export function gatherAlong(
  x: Tensor,
  indices: Tensor,
  { axis, mode, fill }: { axis: number; mode: 'clamp' | 'fill'; fill: number },
): Tensor {
  const rank = x.shape.length;
  const attrs: GatherAttrs = { batch: rank - 1, axes: [rank - 1], mode, fill };
  if (axis === rank - 1) return gather(x, [indices], attrs);
  const toLast = [...range(rank).filter((d) => d !== axis), axis];
  const out = gather(transpose(x, { perm: toLast }), [transpose(indices, { perm: toLast })], attrs);
  return transpose(out, { perm: range(rank).map((d) => toLast.indexOf(d)) });
}
