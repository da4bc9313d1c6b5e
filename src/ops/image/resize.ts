import { isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range, type Shape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { gather } from '../../primitives/indexing/gather.ts';
import { pad, reshape, slice, transpose } from '../../primitives/movement.ts';
import { axisOf } from '../axes.ts';
import { saturateCast } from '../core/basic.ts';
import { asDataFormat } from '../nn/data-format.ts';
import { part } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, filled, like } from '../operands.ts';
import { alongAxis, kernelOf, weightMatrix } from './interpolate.ts';

/** Options of `image.resize`. */
export interface ResizeOptions {
  /** Interpolation method; `'bilinear'` by default. */
  readonly interpolation?: 'bilinear' | 'nearest' | 'bicubic' | 'lanczos3' | 'lanczos5' | undefined;
  /** Whether shrinking averages over all pixels that an output pixel covers. */
  readonly antialias?: boolean | undefined;
  /** Cuts the image to the target's aspect ratio first. */
  readonly cropToAspectRatio?: boolean | undefined;
  /** Pads the image to the target's aspect ratio first. */
  readonly padToAspectRatio?: boolean | undefined;
  /** How the border of `padToAspectRatio` is filled: only `'constant'`. */
  readonly fillMode?: 'constant' | undefined;
  /** Value of that border; 0 by default. */
  readonly fillValue?: number | undefined;
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
/** Positions of height and width. */
export function imageAxes(
  who: string,
  images: Tensor,
  dataFormat: string | null | undefined,
): { height: number; width: number; channels: number } {
  const rank = images.shape.length;
  if (rank !== 3 && rank !== 4)
    fail(
      who,
      `images have shape ${showShape(images.shape)}`,
      'give one image [height, width, channels] or a batch of them',
    );
  return asDataFormat(dataFormat, who) === 'channels_last'
    ? { height: rank - 3, width: rank - 2, channels: rank - 1 }
    : { height: rank - 2, width: rank - 1, channels: rank - 3 };
}

/** The nearest input pixel of each output pixel's centre. */
function nearest(x: Tensor, axis: number, size: number): Tensor {
  const line = iota({ shape: [size], dtype: 'float32', axis: 0 });
  const centre = p.div(p.mul(p.add(line, like(line, 0.5)), like(line, x.shape[axis])), like(line, size));
  const places = cast(p.floor(centre), 'int32');
  const y = gather(x, [places], { batch: 0, axes: [axis], mode: 'clamp', fill: 0 });
  const perm = [...range(axis).map((d) => d + 1), 0, ...range(x.shape.length - 1 - axis).map((d) => axis + 1 + d)];
  return perm.every((a, d) => a === d) ? y : transpose(y, { perm });
}
export function resized(x: Tensor, axis: number, size: number, interpolation: string, antialias: boolean): Tensor {
  const n = x.shape[axis];
  if (n === size) return x;
  if (interpolation === 'nearest') return nearest(x, axis, size);
  const scale = filled([], 'float32', size / n);
  const weights = weightMatrix(n, size, scale, filled([], 'float32', 0), kernelOf(interpolation)!, antialias);
  return alongAxis(x, axis, cast(weights, x.dtype));
}
/** Back to the images' own dtype: integers are rounded and clipped. */
export const inDtypeOf = (images: Tensor, y: Tensor): Tensor =>
  y.dtype === images.dtype ? y : isFloat(images.dtype) ? cast(y, images.dtype) : saturateCast(p.round(y), images.dtype);

/** Images in another size, `[height, width]`. @example image.resize(ones([2, 2, 1]), [4, 4]).shape // [4, 4, 1] */
export const resize = op(
  'resize',
  (images: Tensor, size: readonly number[], options: ResizeOptions = {}) => {
    const { interpolation = 'bilinear', antialias = false, fillMode = 'constant', fillValue = 0 } = options;
    if (interpolation !== 'nearest' && !['bilinear', 'bicubic', 'lanczos3', 'lanczos5'].includes(interpolation))
      fail(
        'image.resize',
        `unknown interpolation "${String(interpolation)}"`,
        'use bilinear, nearest, bicubic, lanczos3 or lanczos5',
      );
    if (size.length !== 2 || size.some((n) => !Number.isInteger(n) || n <= 0))
      fail('image.resize', `size is ${JSON.stringify(size)}`, 'give [height, width], both positive');
    if (fillMode !== 'constant') fail('image.resize', `unknown fillMode "${String(fillMode)}"`, 'use "constant"');
    if (options.cropToAspectRatio && options.padToAspectRatio)
      fail('image.resize', 'cropToAspectRatio and padToAspectRatio are both set', 'set one of them');
    const axes = imageAxes('image.resize', images, options.dataFormat);
    const [height, width] = size as [number, number];
    const framed = options.cropToAspectRatio
      ? cropped(images, axes, height, width)
      : options.padToAspectRatio
        ? padded(images, axes, height, width, fillValue)
        : images;
    const x = isFloat(framed.dtype) || interpolation === 'nearest' ? framed : cast(framed, 'float32');
    return inDtypeOf(
      images,
      resized(resized(x, axes.height, height, interpolation, antialias), axes.width, width, interpolation, antialias),
    );
  },
  ['tensor', 'numbers'],
  {
    interpolation: true,
    antialias: true,
    cropToAspectRatio: true,
    padToAspectRatio: true,
    fillMode: true,
    fillValue: true,
    dataFormat: true,
  },
);
interface Frame {
  readonly height: number;
  readonly width: number;
}
function cropped(x: Tensor, axes: Frame, height: number, width: number): Tensor {
  const [h, w] = [x.shape[axes.height], x.shape[axes.width]];
  const [ch, cw] = [
    Math.max(Math.min(h, Math.trunc((w * height) / width)), 1),
    Math.max(Math.min(w, Math.trunc((h * width) / height)), 1),
  ];
  const [top, left] = [Math.trunc((h - ch) / 2), Math.trunc((w - cw) / 2)];
  return part(part(x, axes.height, top, top + ch), axes.width, left, left + cw);
}
function padded(x: Tensor, axes: Frame, height: number, width: number, value: number): Tensor {
  const [h, w] = [x.shape[axes.height], x.shape[axes.width]];
  const top = Math.trunc((Math.max(h, Math.trunc((w * height) / width)) - h) / 2);
  const left = top > 0 ? 0 : Math.trunc((Math.max(w, Math.trunc((h * width) / height)) - w) / 2);
  const around = x.shape.map((_, d) => (d === axes.height ? top : d === axes.width ? left : 0));
  return pad(x, { low: around, high: around, inner: around.map(() => 0), value });
}

export interface ScaleOptions {
  /** Whether shrinking averages pixels; false by default. */
  readonly antialias?: boolean | undefined;
}
/** Resamples chosen axes: output position i lies at `(i + 1/2 - translation) / scale - 1/2` of the input. @example image.scaleAndTranslate(ones([2, 2]), [4, 4], [2, 2], [0, 0], [0, 1], 'linear').shape // [4, 4] */
export const scaleAndTranslate = op(
  'scaleAndTranslate',
  (
    images: Tensor,
    outputShape: Shape,
    scale: Tensor,
    translation: Tensor,
    spatialDims: readonly number[],
    method: string,
    { antialias = true }: ScaleOptions = {},
  ) => {
    const kernel =
      kernelOf(method) ??
      fail('image.scaleAndTranslate', `unknown method "${method}"`, 'use linear, cubic, lanczos3 or lanczos5');
    if (outputShape.length !== images.shape.length)
      fail(
        'image.scaleAndTranslate',
        `outputShape ${showShape(outputShape)} for images of shape ${showShape(images.shape)}`,
        'give one size for each axis',
      );
    const dims = spatialDims.map((d) => axisOf('image.scaleAndTranslate', d, images.shape.length, 'spatialDims'));
    const other = images.shape.findIndex((n, d) => !dims.includes(d) && n !== outputShape[d]);
    if (other >= 0)
      fail(
        'image.scaleAndTranslate',
        `axis ${other} has size ${images.shape[other]}, in outputShape ${outputShape[other]}`,
        'name it among spatialDims, or keep its size',
      );
    const element = (v: Tensor, k: number): Tensor =>
      reshape(slice(cast(v, 'float32'), { starts: [k], stops: [k + 1], strides: [1] }), { shape: [] });
    const x = isFloat(images.dtype) ? images : cast(images, 'float32');
    return dims.reduce((y, d, k) => {
      const weights = weightMatrix(
        y.shape[d],
        outputShape[d],
        element(scale, k),
        element(translation, k),
        kernel,
        antialias,
      );
      return alongAxis(y, d, cast(weights, y.dtype));
    }, x);
  },
  ['tensor', 'value', 'tensor', 'tensor'],
  { antialias: true },
);
