import type { DataFormat } from '../../../base/config.ts';
import type { DType } from '../../../base/dtype.ts';
import {
  add,
  arange,
  cast,
  getItem,
  greaterEqual,
  less,
  logicalAnd,
  multiply,
  reshape,
  subtract,
} from '../../../ops/index.ts';
import { type Seed, uniform } from '../../../random/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import { axesOf } from './image-data.ts';
import { forEachImage } from './values.ts';

/** From where to where, along one axis of each image: `[n]`. */
export type Span = readonly [start: Tensor, end: Tensor];

/** Spans of a share `[n]` of an axis, at random places. */
export function drawSpan(share: Tensor, size: number, { seed, dtype }: { seed: Seed; dtype: DType }): Span {
  const length = cast(multiply(share, size), dtype);
  const start = multiply(uniform(share.shape, { seed, dtype }), subtract(size, length));
  return [start, add(start, length)];
}

/** Whether each pixel lies in the rectangle of its image: `[n, height, width, 1]`, or channels first. */
export function insideOf(
  { height, width }: { readonly height: number; readonly width: number },
  [across, down]: readonly [across: Span, down: Span],
  dataFormat: DataFormat,
): Tensor {
  const { dtype } = across[0];
  const along = (size: number, axis: number): Tensor =>
    reshape(
      arange(0, size, 1, { dtype }),
      [0, 1, 2, 3].map((d) => (d === axis + 4 ? size : 1)),
    );
  const axes = axesOf(dataFormat);
  const isIn = (line: Tensor, [start, end]: Span): Tensor =>
    logicalAnd(greaterEqual(line, forEachImage(start)), less(line, forEachImage(end)));
  return logicalAnd(isIn(along(width, axes.width), across), isIn(along(height, axes.height), down));
}
/** Column k of `[n, …]`. */
export const columnOf = (x: Tensor, k: number): Tensor => getItem(x, ['...', k]);
