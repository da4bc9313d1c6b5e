import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { range, sameShape, showShape } from '../../base/shape.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast, concatenate, pad } from '../../primitives/movement.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { type Like, tensor } from '../../tensor/like.ts';
import { channelsLast, depthwiseConv, paddingOf, perAxis, type Sizes } from '../nn/conv.ts';
import { atTap, tapsOf } from '../nn/patches.ts';
import { meanOver } from '../numpy/reduce.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { exactOp, op } from '../op.ts';
import { cast, filled, like, spreadTo } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';

interface FormatOption {
  /** Position of the channel axis; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
/** A batch of images with channels last, in floats, and the way back. */
export function batched(who: string, images: Tensor, { dataFormat }: FormatOption): [Tensor, (y: Tensor) => Tensor] {
  const rank = images.shape.length;
  if (rank !== 3 && rank !== 4)
    fail(
      who,
      `images have shape ${showShape(images.shape)}`,
      'give one image [height, width, channels] or a batch of them',
    );
  const many = rank === 4 ? images : reshapeTo(images, [1, ...images.shape]);
  const [x, back] = channelsLast(who, cast(many, floatType(many.dtype)), dataFormat);
  return [x, (y) => (rank === 4 ? back(y) : reshapeTo(back(y), back(y).shape.slice(1)))];
}
/** Weights of a normal distribution at whole distances from the middle, which sum to one. */
export function gaussian(size: number, sigma: number): number[] {
  const raw = range(size).map((i) => Math.exp(-0.5 * ((i - (size - 1) / 2) / sigma) ** 2));
  const total = raw.reduce((a, b) => a + b, 0);
  return raw.map((w) => w / total);
}
/** The same with a computed sigma; weights farther than `reach` from the centre are 0. */
export function gaussianOf(size: number, sigma: Tensor, reach?: Tensor): Tensor {
  const { dtype } = sigma;
  const over = (x: Tensor): Tensor => spreadTo(x, [size]);
  const distance = p.sub(iota({ shape: [size], dtype, axis: 0 }), filled([size], dtype, (size - 1) / 2));
  const share = p.div(distance, over(sigma));
  const raw = p.exp(p.mul(p.mul(share, share), like(share, -0.5)));
  const kept = reach ? p.select(p.le(p.abs(distance), over(reach)), raw, like(raw, 0)) : raw;
  return p.div(kept, over(reduceSum(kept, { axes: [0] })));
}
/** One small filter `[height, width]` applied to every channel. */
export function filteredBy(x: Tensor, kernel: Tensor, padding: 'same' | 'valid'): Tensor {
  const spread = broadcast(kernel, { shape: [...kernel.shape, x.shape.at(-1)!, 1], axes: [0, 1] });
  return depthwiseConv(x, spread, { padding, dataFormat: 'channels_last' });
}
/** One small filter, given row by row, applied to every channel. */
export const filtered = (x: Tensor, rows: readonly (readonly number[])[], padding: 'same' | 'valid'): Tensor =>
  filteredBy(
    x,
    cast(tensor(Float32Array.from(rows.flat()), { shape: [rows.length, rows[0].length] }), x.dtype),
    padding,
  );
/** The products of two lists of weights, `[rows, columns]`. */
export function outerOf(rows: Tensor, columns: Tensor): Tensor {
  const shape = [rows.shape[0], columns.shape[0]];
  return p.mul(broadcast(rows, { shape, axes: [0] }), broadcast(columns, { shape, axes: [1] }));
}
const outer = (a: readonly number[], b: readonly number[]): number[][] => a.map((x) => b.map((y) => x * y));

export interface GaussianBlurOptions extends FormatOption {
  /** `[width, height]` of the window. */
  readonly kernelSize?: readonly [number, number] | undefined;
  /** Standard deviations along width and height, in pixels; a tensor `[2]` if they are computed. */
  readonly sigma?: readonly [number, number] | Tensor | undefined;
}
/** Images blurred by a normal distribution. @example image.gaussianBlur(ones([4, 4, 1])).shape // [4, 4, 1] */
export const gaussianBlur = op(
  'gaussianBlur',
  (images: Tensor, options: GaussianBlurOptions = {}) => {
    const { kernelSize = [3, 3], sigma = [1, 1] } = options;
    const [x, back] = batched('image.gaussianBlur', images, options);
    if (sigma instanceof Tensor) {
      const [across, down] = [0, 1].map((k) => {
        const own = reshapeTo(part(cast(sigma, x.dtype), 0, k, k + 1), []);
        return gaussianOf(kernelSize[k], own);
      }) as [Tensor, Tensor];
      return back(filteredBy(x, outerOf(down, across), 'same'));
    }
    return back(filtered(x, outer(gaussian(kernelSize[1], sigma[1]), gaussian(kernelSize[0], sigma[0])), 'same'));
  },
  ['tensor'],
  { kernelSize: true, sigma: true, dataFormat: true },
);
/** Brightness changes down and across, along a new last axis `[dy, dx]`. @example image.sobelEdges(ones([1, 4, 4, 1])).shape // [1, 4, 4, 1, 2] */
export const sobelEdges = op(
  'sobelEdges',
  (images: Tensor, options: FormatOption = {}) => {
    const { kind } = dtypeInfo[images.dtype];
    if (kind === 'uint')
      fail('image.sobelEdges', `the images are ${images.dtype}, and edges have a sign`, 'cast them to float32');
    const [x, back] = batched('image.sobelEdges', images, options);
    const [smooth, step] = [
      [1, 2, 1],
      [-1, 0, 1],
    ];
    // Edges of integers stay within their type.
    const typed = (y: Tensor): Tensor => (kind === 'int' ? cast(cast(y, 'int32'), images.dtype) : y);
    const edges = [outer(step, smooth), outer(smooth, step)].map((rows) => typed(back(filtered(x, rows, 'same'))));
    return concatenate(
      edges.map((e) => reshapeTo(e, [...e.shape, 1])),
      { axis: edges[0].shape.length },
    );
  },
  ['tensor'],
  { dataFormat: true },
);

export interface SsimOptions extends FormatOption {
  /** Difference between the highest and the lowest value of a pixel; 1 by default. */
  readonly maxVal?: number | undefined;
  /** Size of the Gaussian window, in pixels; 11 by default. */
  readonly filterSize?: number | undefined;
  /** Standard deviation of the window, in pixels; 1.5 by default. */
  readonly filterSigma?: number | undefined;
  /** Stabilises the comparison of brightness; 0.01 by default. */
  readonly k1?: number | undefined;
  /** Stabilises the comparison of contrast; 0.03 by default. */
  readonly k2?: number | undefined;
}
/** Structural similarity of images, 1 for equal ones (Wang et al., 2004). @example image.ssim(ones([12, 12, 1]), ones([12, 12, 1])) // 1 */
export const ssim = op(
  ['ssim', 'SSIM'],
  (image1: Tensor, image2: Tensor, options: SsimOptions = {}) => {
    const { maxVal = 1, filterSize = 11, filterSigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
    if (!sameShape(image1.shape, image2.shape))
      fail(
        'image.ssim',
        `the images have shapes ${showShape(image1.shape)} and ${showShape(image2.shape)}`,
        'give both the same shape',
      );
    const dtype = floatType(resultType(image1.dtype, image2.dtype));
    const [x] = batched('image.ssim', cast(image1, dtype), options);
    const [y] = batched('image.ssim', cast(image2, dtype), options);
    if (x.shape[1] < filterSize || x.shape[2] < filterSize)
      fail(
        'image.ssim',
        `images of ${x.shape[1]} x ${x.shape[2]} are smaller than the filter of ${filterSize}`,
        'give a smaller filterSize',
      );
    const weights = gaussian(filterSize, filterSigma);
    const blur = (t: Tensor): Tensor => filtered(t, outer(weights, weights), 'valid');
    const [mx, my] = [blur(x), blur(y)];
    const [xx, yy, xy] = [p.mul(mx, mx), p.mul(my, my), p.mul(mx, my)];
    const [vx, vy, cov] = [p.sub(blur(p.mul(x, x)), xx), p.sub(blur(p.mul(y, y)), yy), p.sub(blur(p.mul(x, y)), xy)];
    const [c1, c2] = [like(xx, (k1 * maxVal) ** 2), like(xx, (k2 * maxVal) ** 2)];
    const twice = (t: Tensor): Tensor => p.add(t, t);
    const above = p.mul(p.add(twice(xy), c1), p.add(twice(cov), c2));
    const below = p.mul(p.add(p.add(xx, yy), c1), p.add(p.add(vx, vy), c2));
    const mean = meanOver('image.ssim', p.div(above, below), { axis: [1, 2, 3] });
    return cast(image1.shape.length === 3 ? reshapeTo(mean, []) : mean, image1.dtype);
  },
  ['tensor', 'tensor'],
  { maxVal: true, filterSize: true, filterSigma: true, k1: true, k2: true, dataFormat: true },
);

export interface ExtractPatchesOptions extends FormatOption {
  /** Pixels between one patch and the next; the size of a patch by default. */
  readonly strides?: Sizes | null | undefined;
  /** Distance of the pixels of a patch; 1 by default. */
  readonly dilationRate?: Sizes | undefined;
  /** `'valid'` (the default): only patches that lie within the image. */
  readonly padding?: 'valid' | 'same' | undefined;
}
const extractPatchesOptions: OptionNames<ExtractPatchesOptions> = {
  strides: true,
  dilationRate: true,
  padding: true,
  dataFormat: true,
};
function patches(who: string, images: Tensor, size: Sizes, rank: number, options: ExtractPatchesOptions): Tensor {
  const isSingle = images.shape.length === rank + 1;
  if (!isSingle && images.shape.length !== rank + 2)
    fail(
      who,
      `the tensor has shape ${showShape(images.shape)}`,
      `give ${rank} axes of space and channels, or a batch of such`,
    );
  const many = isSingle ? reshapeTo(images, [1, ...images.shape]) : images;
  const [x, back] = channelsLast(who, many, options.dataFormat);
  const window = perAxis(who, 'size', size, rank);
  const strides = perAxis(who, 'strides', options.strides ?? window, rank);
  const dilation = perAxis(who, 'dilationRate', options.dilationRate ?? 1, rank);
  const around = paddingOf(who, options.padding ?? 'valid', x.shape.slice(1, -1), window, strides, dilation);
  const padded = pad(x, {
    low: [0, ...around.map(([low]) => low), 0],
    high: [0, ...around.map(([, high]) => high), 0],
    inner: x.shape.map(() => 0),
    value: 0,
  });
  const taps = tapsOf(window).map((tap) => atTap(padded, 1, tap, { window, strides, dilation }));
  const y = back(taps.length === 1 ? taps[0] : concatenate(taps, { axis: rank + 1 }));
  return isSingle ? reshapeTo(y, y.shape.slice(1)) : y;
}
/** Patches of images (or, with three sizes, of volumes), laid out along the channels. @example image.extractPatches(ones([4, 4, 1]), 2).shape // [2, 2, 4] */
export const extractPatches = op(
  'extractPatches',
  (images: Tensor, size: Sizes, options: ExtractPatchesOptions = {}) =>
    patches('image.extractPatches', images, size, typeof size === 'object' && size.length === 3 ? 3 : 2, options),
  ['tensor', 'numbers'],
  extractPatchesOptions,
);
const volumePatches = op(
  ['extractPatches3d', 'ExtractPatches'],
  (volumes: Tensor, size: readonly number[], options: ExtractPatchesOptions = {}) =>
    patches('image.extractPatches3d', volumes, size, 3, options),
  ['tensor'],
  extractPatchesOptions,
);
/** Patches of volumes, laid out along the channels. @example image.extractPatches3d(ones([2, 2, 2, 1]), 2).shape // [1, 1, 1, 8] */
export const extractPatches3d = exactOp(
  ['extractPatches3d', 'ExtractPatches'],
  3,
  (volumes: Like, size: Sizes, options?: ExtractPatchesOptions): Tensor =>
    volumePatches(volumes, typeof size === 'number' ? [size, size, size] : size, options),
);
