import { fail } from '../../base/errors.ts';
import { type Shape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast, concatenate } from '../../primitives/movement.ts';
import { solveWith } from '../linalg/solve.ts';
import { channelsLast } from '../nn/conv.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { checkFillMode, type FillMode, type Interpolation, orderOf, sampled } from './sample.ts';

interface TransformOptions {
  /** Interpolation method; `'bilinear'` by default. */
  readonly interpolation?: Interpolation | undefined;
  /** How pixels outside the image are filled. */
  readonly fillMode?: FillMode | undefined;
  /** Value beyond the edges with `'constant'`; 0 by default. */
  readonly fillValue?: number | undefined;
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
/** A batch of images with channels last, and a function that restores the original form. */
function batched(who: string, images: Tensor, dataFormat: string | null | undefined): [Tensor, (y: Tensor) => Tensor] {
  const rank = images.shape.length;
  if (rank !== 3 && rank !== 4)
    fail(
      who,
      `images have shape ${showShape(images.shape)}`,
      'give one image [height, width, channels] or a batch of them',
    );
  const many = rank === 4 ? images : reshapeTo(images, [1, ...images.shape]);
  const [x, back] = channelsLast(who, many, dataFormat);
  return [x, (y) => (rank === 4 ? back(y) : reshapeTo(back(y), back(y).shape.slice(1)))];
}
/** Number k of each example's row, broadcast over a grid of pixels. */
const numberOver = (rows: Tensor, k: number, shape: Shape): Tensor =>
  broadcast(reshapeTo(part(rows, 1, k, k + 1), [rows.shape[0]]), { shape, axes: [0] });
const pixel = (shape: Shape, axis: number): Tensor => iota({ shape, dtype: 'float32', axis });
const sum = (...terms: Tensor[]): Tensor => terms.reduce((a, b) => p.add(a, b));

/**
 * Images moved by affine maps `[a0, a1, a2, b0, b1, b2, c0, c1]`: pixel (x, y) comes from (a0·x + a1·y + a2, b0·x + b1·y + b2);
 * c0 and c1 count as 0.
 * @example image.affineTransform(ones([2, 2, 1]), [1, 0, 0, 0, 1, 0, 0, 0]).shape // [2, 2, 1]
 */
export const affineTransform = op(
  'affineTransform',
  (images: Tensor, transform: Tensor, options: TransformOptions = {}) => {
    const { interpolation = 'bilinear', fillMode = 'constant', fillValue = 0, dataFormat } = options;
    const order = orderOf('image.affineTransform', interpolation);
    checkFillMode('image.affineTransform', fillMode);
    const [x, back] = batched('image.affineTransform', images, dataFormat);
    const many = transform.shape.length === 1 ? reshapeTo(transform, [1, -1]) : transform;
    if (many.shape.length !== 2 || many.shape[1] < 6 || (many.shape[0] !== 1 && many.shape[0] !== x.shape[0]))
      fail(
        'image.affineTransform',
        `transform has shape ${showShape(transform.shape)}, images ${showShape(images.shape)}`,
        'give eight numbers, or eight for each image',
      );
    const shape = x.shape.slice(0, 3);
    const maps = broadcast(cast(many, 'float32'), { shape: [shape[0], many.shape[1]], axes: [0, 1] });
    const [row, column] = [pixel(shape, 1), pixel(shape, 2)];
    const of = (k: number): Tensor => numberOver(maps, k, shape);
    const y = sum(p.mul(row, of(4)), p.mul(column, of(3)), of(5));
    const across = sum(p.mul(row, of(1)), p.mul(column, of(0)), of(2));
    return back(sampled(x, [y, across], { batch: 1, order, mode: fillMode, fill: fillValue }));
  },
  ['tensor', 'tensor'],
  { interpolation: true, fillMode: true, fillValue: true, dataFormat: true },
);

/** The eight numbers of the projective map that takes end points to start points: both `[n, 4, 2]`. */
function homography(start: Tensor, end: Tensor): Tensor {
  const n = start.shape[0];
  const column = (t: Tensor, k: number): Tensor => part(t, 2, k, k + 1);
  const [sx, sy, ex, ey] = [column(start, 0), column(start, 1), column(end, 0), column(end, 1)];
  const [zero, one] = [like(ex, 0), like(ex, 1)];
  const rows = (s: Tensor, own: readonly Tensor[]): Tensor =>
    concatenate([...own, p.neg(p.mul(s, ex)), p.neg(p.mul(s, ey))], { axis: 2 });
  const matrix = concatenate([rows(sx, [ex, ey, one, zero, zero, zero]), rows(sy, [zero, zero, zero, ex, ey, one])], {
    axis: 1,
  });
  return reshapeTo(solveWith(matrix, concatenate([sx, sy], { axis: 1 })), [n, 8]);
}
/** The same as an op: `[n, 8]`, which take the corners `[n, 4, 2]` at `to` back to those at `from`. */
export const homographyOf = op(
  'homography',
  (from: Tensor, to: Tensor) => homography(cast(from, 'float32'), cast(to, 'float32')),
  ['tensor', 'tensor'],
);
/** Images seen in another perspective: the corners at `startPoints` move to `endPoints`, `[4, 2]` as (x, y). @example image.perspectiveTransform(ones([2, 2, 1]), [[0, 0], [1, 0], [0, 1], [1, 1]], [[0, 0], [1, 0], [0, 1], [1, 1]]).shape // [2, 2, 1] */
export const perspectiveTransform = op(
  'perspectiveTransform',
  (images: Tensor, startPoints: Tensor, endPoints: Tensor, options: Omit<TransformOptions, 'fillMode'> = {}) => {
    const { interpolation = 'bilinear', fillValue = 0, dataFormat } = options;
    const order = orderOf('image.perspectiveTransform', interpolation);
    const [x, back] = batched('image.perspectiveTransform', images, dataFormat);
    for (const points of [startPoints, endPoints])
      if (
        points.shape.at(-1) !== 2 ||
        points.shape.at(-2) !== 4 ||
        points.shape.length > 3 ||
        showShape(points.shape) !== showShape(startPoints.shape)
      )
        fail(
          'image.perspectiveTransform',
          `the points have shapes ${showShape(startPoints.shape)} and ${showShape(endPoints.shape)}`,
          'give both as [4, 2], or [batch, 4, 2]',
        );
    const n = x.shape[0];
    const each = (points: Tensor): Tensor => {
      const many = reshapeTo(cast(points, 'float32'), [-1, 4, 2]);
      return broadcast(many, { shape: [n, 4, 2], axes: [0, 1, 2] });
    };
    const map = homography(each(startPoints), each(endPoints));
    const shape = x.shape.slice(0, 3);
    const [y, across] = [pixel(shape, 1), pixel(shape, 2)];
    const of = (k: number): Tensor => numberOver(map, k, shape);
    const depth = sum(p.mul(of(6), across), p.mul(of(7), y), like(y, 1));
    const line = (k: number): Tensor => p.div(sum(p.mul(of(k), across), p.mul(of(k + 1), y), of(k + 2)), depth);
    return back(sampled(x, [line(3), line(0)], { batch: 1, order, mode: 'constant', fill: fillValue }));
  },
  ['tensor', 'tensor', 'tensor'],
  { fillValue: true, interpolation: true, dataFormat: true },
);
