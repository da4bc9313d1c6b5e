import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range, type Shape, showShape } from '../../base/shape.ts';
import { table } from '../../base/table.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { scatter as merge, type ScatterAttrs } from '../../primitives/indexing/scatter.ts';
import { reshape, slice } from '../../primitives/movement.ts';
import { shapeArgument } from '../axes.ts';
import { counted } from '../numpy/indexing.ts';
import { op } from '../op.ts';
import { cast, filled, spreadTo } from '../operands.ts';

/** Merges updates into x at the positions in the last axis of `indices`, one number per axis. */
function scattered(who: string, x: Tensor, indices: Tensor, updates: Tensor, combine: ScatterAttrs['combine']): Tensor {
  const count = indices.shape.at(-1);
  if (count === undefined || count > x.shape.length || count === 0)
    fail(
      who,
      `indices of shape ${showShape(indices.shape)} for a tensor of shape ${showShape(x.shape)}`,
      'give indices […, one number for each of the first axes]',
    );
  if (dtypeInfo[indices.dtype].kind === 'float') fail(who, `indices are ${indices.dtype}`, 'give integers');
  const places = indices.shape.slice(0, -1);
  const rest = x.shape.slice(count);
  const expected = [...places, ...rest];
  const fits = updates.shape.toReversed().every((n, k) => n === 1 || n === expected.at(-1 - k));
  if (!fits || updates.shape.length > expected.length)
    fail(
      who,
      `updates have shape ${showShape(updates.shape)}`,
      `give ${showShape(expected)}: the places, then what stands at each`,
    );
  const column = (k: number): Tensor =>
    counted(
      who,
      reshape(
        slice(indices, {
          starts: indices.shape.map((_, d) => (d === places.length ? k : 0)),
          stops: indices.shape.map((n, d) => (d === places.length ? k + 1 : n)),
          strides: indices.shape.map(() => 1),
        }),
        { shape: places },
      ),
      x.shape[k],
    );
  return merge(x, spreadTo(cast(updates, x.dtype), expected), range(count).map(column), {
    batch: 0,
    axes: range(count),
    combine,
  });
}
/**
 * Scatters values into zeros; values at repeated positions are added up, those outside are dropped.
 * @example scatter([[0], [2]], [1, 5], [3]) // [1, 0, 5]
 */
export const scatter = op(
  'scatter',
  (indices: Tensor, values: Tensor, shape: Shape) =>
    scattered('scatter', filled(shapeArgument('scatter', shape), values.dtype, 0), indices, values, 'add'),
  ['tensor', 'tensor'],
);
const reductions: Readonly<Record<string, ScatterAttrs['combine']>> = table({
  add: 'add',
  max: 'max',
  min: 'min',
  mul: 'mul',
});
/**
 * A tensor with updates at given positions, which replace its elements or are combined with them.
 * @example scatterUpdate([1, 2, 3], [[0]], [9]) // [9, 2, 3]
 */
export const scatterUpdate = op(
  'scatterUpdate',
  (
    inputs: Tensor,
    indices: Tensor,
    updates: Tensor,
    {
      reduction,
    }: {
      /** How to combine old and new values; by default the new one replaces the old. */
      readonly reduction?: 'add' | 'max' | 'min' | 'mul' | null | undefined;
    } = {},
  ) => {
    const combine = reduction === undefined || reduction === null ? 'set' : reductions[reduction];
    if (!combine)
      fail(
        'scatterUpdate',
        `unknown reduction "${String(reduction)}"`,
        'use "add", "max", "min" or "mul", or leave it out',
      );
    return scattered('scatterUpdate', inputs, indices, updates, combine);
  },
  ['tensor', 'tensor', 'tensor'],
  { reduction: true },
);
