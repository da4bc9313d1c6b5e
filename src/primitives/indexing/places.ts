import { fail } from '../../base/errors.ts';
import { range, type Shape, sameShape, showShape } from '../../base/shape.ts';
import type { Aval } from '../../ir/tensor.ts';

/** Axes of x that are neither batch nor indexed: they are taken as a whole. */
export function wholeAxes(rank: number, { batch, axes }: { batch: number; axes: readonly number[] }): number[] {
  return range(rank).filter((d) => d >= batch && !axes.includes(d));
}

/** Checks the index tensors and gives their shape. */
export function indexShape(
  name: string,
  x: Aval,
  indices: readonly Aval[],
  batch: number,
  axes: readonly number[],
): Shape {
  const shape = indices[0]?.shape ?? [];
  const fits =
    indices.length === axes.length &&
    indices.length > 0 &&
    indices.every((i) => i.dtype === 'int32' && sameShape(i.shape, shape)) &&
    sameShape(shape.slice(0, batch), x.shape.slice(0, batch)) &&
    axes.every((a, k) => a >= batch && a < x.shape.length && (k === 0 || a > axes[k - 1]));
  if (!fits)
    fail(
      `primitive ${name}`,
      `indices ${indices.map((i) => `${i.dtype}${showShape(i.shape)}`).join(', ')} do not fit axes [${axes.join(', ')}] of ${showShape(x.shape)} with ${batch} batch axes`,
      'give one int32 tensor an axis, all of one shape that starts with the batch axes',
    );
  return shape;
}
