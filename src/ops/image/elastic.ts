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
import { cast, like } from '../operands.ts';
import { batched, filtered, gaussian } from './filters.ts';
import { checkFillMode, type FillMode, type Interpolation, orderOf, sampled } from './sample.ts';

interface Distortion {
  /** How far pixels move. */
  readonly alpha?: number | undefined;
  /** How smooth the movement is: the standard deviation, in pixels, of the blur. */
  readonly sigma?: number | undefined;
  readonly interpolation?: Interpolation | undefined;
  readonly fillMode?: FillMode | undefined;
  readonly fillValue?: number | undefined;
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
const distorted = op(
  'elasticTransform',
  (images: Tensor, key: Tensor, options: Distortion) => {
    const { alpha = 20, sigma = 5, interpolation = 'bilinear', fillMode = 'reflect', fillValue = 0 } = options;
    const order = orderOf('image.elasticTransform', interpolation);
    checkFillMode('image.elasticTransform', fillMode);
    const [x, back] = batched('image.elasticTransform', images, options);
    const shape = x.shape.slice(0, 3);
    if (!isFloat(images.dtype))
      fail('image.elasticTransform', `the images are ${images.dtype}`, 'cast them to float32');
    const noise = normalFrom(key, shape, images.dtype);
    const weights = gaussian(Math.trunc(6 * sigma) | 1, sigma);
    const rough = reshapeTo(p.mul(noise, like(noise, sigma)), [...shape, 1]);
    const smooth = filtered(
      rough,
      weights.map((a) => weights.map((b) => a * b)),
      'same',
    );
    // One field moves pixels along both axes, as in Keras.
    const shift = p.mul(reshapeTo(smooth, shape), like(noise, alpha));
    const at = (axis: number): Tensor => p.add(iota({ shape, dtype: 'float32', axis }), shift);
    return cast(back(sampled(x, [at(1), at(2)], { batch: 1, order, mode: fillMode, fill: fillValue })), images.dtype);
  },
  ['tensor', 'tensor'],
  { alpha: true, sigma: true, interpolation: true, fillMode: true, fillValue: true, dataFormat: true },
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
