import { isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { normalFrom } from '../../random/normal.ts';
import { drawKey, type Seed } from '../../random/seed-generator.ts';
import type { Like } from '../../tensor/like.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { exactOp, op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { batched, filtered, filteredBy, gaussian, gaussianOf, outerOf } from './filters.ts';
import { checkFillMode, type FillMode, type Interpolation, orderOf, sampled } from './sample.ts';

interface Distortion {
  /** How far pixels move. */
  readonly alpha?: number | undefined;
  /** How smooth the movement is: the standard deviation, in pixels, of the blur. */
  readonly sigma?: number | undefined;
  /** Interpolation method; `'bilinear'` by default. */
  readonly interpolation?: Interpolation | undefined;
  /** How pixels beyond the edges are filled; `'reflect'` by default. */
  readonly fillMode?: FillMode | undefined;
  /** Their value with `'constant'`; 0 by default. */
  readonly fillValue?: number | undefined;
  /** Position of the channel axis; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
export interface ElasticTransformOptions extends Distortion {
  /** Seed of the displacements: a number, or a SeedGenerator that goes on from call to call. */
  readonly seed?: Seed;
}
const elasticTransformOptions: OptionNames<ElasticTransformOptions> = {
  seed: true,
  alpha: true,
  sigma: true,
  interpolation: true,
  fillMode: true,
  fillValue: true,
  dataFormat: true,
};
/** Displaces the pixels of batched images by smoothed noise, equally along both axes. */
function moved(images: Tensor, shift: (noise: Tensor) => Tensor, key: Tensor, options: Distortion): Tensor {
  const { interpolation = 'bilinear', fillMode = 'reflect', fillValue = 0 } = options;
  const order = orderOf('image.elasticTransform', interpolation);
  checkFillMode('image.elasticTransform', fillMode);
  const [x, back] = batched('image.elasticTransform', images, options);
  const shape = x.shape.slice(0, 3);
  if (!isFloat(images.dtype)) fail('image.elasticTransform', `the images are ${images.dtype}`, 'cast them to float32');
  // One field displaces pixels along both axes, as in Keras.
  const field = shift(normalFrom(key, shape, images.dtype));
  const at = (axis: number): Tensor => p.add(iota({ shape, dtype: 'float32', axis }), cast(field, 'float32'));
  return cast(back(sampled(x, [at(1), at(2)], { batch: 1, order, mode: fillMode, fill: fillValue })), images.dtype);
}
const withChannel = (x: Tensor, smooth: (x: Tensor) => Tensor): Tensor =>
  reshapeTo(smooth(reshapeTo(x, [...x.shape, 1])), x.shape);
const distorted = op(
  'elasticTransform',
  (images: Tensor, key: Tensor, options: Distortion) => {
    const { alpha = 20, sigma = 5 } = options;
    const weights = gaussian(Math.trunc(6 * sigma) | 1, sigma);
    const rows = weights.map((a) => weights.map((b) => a * b));
    const shift = (noise: Tensor): Tensor =>
      p.mul(
        withChannel(p.mul(noise, like(noise, sigma)), (x) => filtered(x, rows, 'same')),
        like(noise, alpha),
      );
    return moved(images, shift, key, options);
  },
  ['tensor', 'tensor'],
  { alpha: true, sigma: true, interpolation: true, fillMode: true, fillValue: true, dataFormat: true },
);
/** The same with computed scalars `alpha` and `sigma`. `most` is the largest possible sigma. */
export const elasticallyMoved = op(
  'elasticallyMoved',
  (
    images: Tensor,
    key: Tensor,
    alpha: Tensor,
    sigma: Tensor,
    most: number,
    options: Omit<Distortion, 'alpha' | 'sigma'> = {},
  ) => {
    const own = cast(sigma, images.dtype);
    const reach = p.floor(p.div(p.floor(p.mul(own, like(own, 6))), like(own, 2)));
    const weights = gaussianOf(Math.trunc(6 * most) | 1, own, reach);
    const over = (scalar: Tensor, x: Tensor): Tensor => spreadTo(cast(scalar, x.dtype), x.shape);
    const shift = (noise: Tensor): Tensor =>
      p.mul(
        withChannel(p.mul(noise, over(own, noise)), (x) => filteredBy(x, outerOf(weights, weights), 'same')),
        over(alpha, noise),
      );
    return moved(images, shift, key, options);
  },
  ['tensor', 'tensor', 'tensor', 'tensor', 'value'],
  { interpolation: true, fillMode: true, fillValue: true, dataFormat: true },
);
/** Images distorted by a smooth random field, the same down and across. @example image.elasticTransform(ones([4, 4, 1]), { seed: 1 }).shape // [4, 4, 1] */
export const elasticTransform = exactOp(
  'elasticTransform',
  2,
  (images: Like, options: ElasticTransformOptions = {}): Tensor => {
    const { seed, ...rest } = optionsOf('image.elasticTransform', elasticTransformOptions, options);
    return distorted(images, drawKey('image.elasticTransform', seed), rest);
  },
);
