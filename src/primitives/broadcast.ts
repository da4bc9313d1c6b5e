import { fail } from '../base/errors.ts';
import { range, type Shape, showShape, sizeOf } from '../base/shape.ts';
import { type Expr, flatten, int, unflatten } from '../ir/expr.ts';
import { type Primitive, primitive } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { reduction } from './reduction.ts';

// The gradient of a broadcast is a sum, and that of a sum a broadcast: the two share a file.

/**
 * Spreads an array over a larger shape: axis d of the input becomes axis `axes[d]` of the result, where it keeps its size
 * or, being of size 1, is repeated; all other axes repeat.
 */
export const broadcast: Primitive<[x: Tensor], { shape: Shape; axes: readonly number[] }> = primitive<
  [x: Tensor],
  { shape: Shape; axes: readonly number[] }
>('broadcast', {
  kind: 'movement',
  result: ([x], { shape, axes }) => {
    if (axes.length !== x.shape.length || axes.some((a, d) => x.shape[d] !== 1 && x.shape[d] !== shape[a]))
      fail(
        'primitive broadcast',
        `shape ${showShape(x.shape)} does not fit axes [${axes.join(', ')}] of ${showShape(shape)}`,
        'give each axis a place of equal size, or size 1',
      );
    return { shape, dtype: x.dtype };
  },
  at: ([x], index, { axes }) => x(...axes.map((a, d) => (x.shape[d] === 1 ? 0 : index[a]))),
  vjp: (g, [x], { shape, axes }) => {
    const repeated = range(shape.length).filter(
      (a) => !axes.includes(a) || (x.shape[axes.indexOf(a)] === 1 && shape[a] !== 1),
    );
    const summed = repeated.length === 0 ? g : reduceSum(g, { axes: repeated });
    return [reshape(summed, { shape: x.shape })];
  },
  samples: [
    { inputs: [{ shape: [3] }], attrs: { shape: [2, 3], axes: [1] } },
    { inputs: [{ shape: [2, 1, 4] }], attrs: { shape: [2, 3, 4, 2], axes: [0, 1, 2] } },
    { inputs: [{ shape: [] }], attrs: { shape: [2, 3], axes: [] } },
  ],
});

/** The same elements in the same order, in another shape. */
export const reshape: Primitive<[x: Tensor], { shape: Shape }> = primitive<[x: Tensor], { shape: Shape }>('reshape', {
  kind: 'movement',
  result: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape))
      fail(
        'primitive reshape',
        `${showShape(x.shape)} has ${sizeOf(x.shape)} elements, ${showShape(shape)} ${sizeOf(shape)}`,
        'keep the number of elements',
      );
    return { shape, dtype: x.dtype };
  },
  at: ([x], index, { shape }) => x(...reindex(index, shape, x.shape)),
  vjp: (g, [x]) => [reshape(g, { shape: x.shape })],
  samples: [
    { inputs: [{ shape: [2, 3, 4] }], attrs: { shape: [6, 4] } },
    { inputs: [{ shape: [2, 6] }], attrs: { shape: [3, 1, 4] } },
  ],
});

/** The index into `to` of the element that stands at `index` of `from`: axes that both shapes share pass unchanged. */
function reindex(index: readonly Expr[], from: Shape, to: Shape): Expr[] {
  // Without elements there is no index.
  if (sizeOf(from) === 0) return to.map(() => int(0));
  const result: Expr[] = [];
  let [f, t] = [0, 0];
  while (f < from.length || t < to.length) {
    // The smallest groups of axes with equal products are flattened and split on their own.
    const [f0, t0] = [f, t];
    let [p, q] = [f < from.length ? from[f++] : 1, t < to.length ? to[t++] : 1];
    while (p !== q) {
      if (p < q || t >= to.length) p *= from[f++];
      else q *= to[t++];
    }
    if (f - f0 === 1 && t - t0 === 1) result.push(index[f0]);
    else result.push(...unflatten(flatten(index.slice(f0, f), from.slice(f0, f)), to.slice(t0, t)));
  }
  return result;
}

/** Puts reduced axes back with their former size. */
export const spread = (y: Tensor, shape: Shape, axes: readonly number[]): Tensor =>
  broadcast(y, { shape, axes: range(shape.length).filter((d) => !axes.includes(d)) });

/** Sum over axes, which are removed. */
export const reduceSum = reduction('reduceSum', 'add', 'float32', (g, x, axes) => spread(g, x.shape, axes));
