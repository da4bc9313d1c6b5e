import { f, type Resolved } from '../../../base/field/field.ts';
import { elasticallyMoved } from '../../../ops/image/elastic.ts';
import { cast, multiply, where } from '../../../ops/index.ts';
import { SeedGenerator, uniform } from '../../../random/index.ts';
import { drawKey } from '../../../random/seed-generator.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { seedField } from '../../regularization/fields.ts';
import {
  BaseImagePreprocessingLayer,
  isTraining,
  type TransformationOptions,
  type TransformOptions,
} from './base-image-preprocessing-layer.ts';
import { factorField, givenValueRangeField, imageFields, interpolationField } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { chosen, forEachImage, within } from './values.ts';

const fields = {
  /** Range of the probability that an image is changed; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 1 }),
  /** How far pixels move: at 1 by a tenth of the larger size, smoothed over a twentieth of the smaller one; `b` is `[0, b]`. */
  scale: factorField([0, 1], { initial: 1 }),
  /** Interpolation method. */
  interpolation: interpolationField(),
  /** How pixels outside the image are filled. */
  fillMode: f.oneOf(['reflect', 'wrap', 'constant', 'nearest', 'mirror'], 'reflect'),
  /** The value outside the image with fill mode `constant`. */
  fillValue: f.number({ initial: 0 }),
  /** The range of pixel values, to which results are clipped. */
  valueRange: givenValueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Elastic {
  /** Which images are changed, `[n]`. */
  readonly applyTransform: Tensor;
  readonly distortionFactor: Tensor;
  /** The seed of the noise that moves the pixels. */
  readonly key: Tensor;
}

export interface RandomElasticTransform extends Resolved<typeof fields> {}
/**
 * Distorts some of the images, and their masks, by a smooth random field. It cannot move bounding boxes. If `training`
 * is false, images are returned unchanged.
 * @example new RandomElasticTransform({ seed: 1 })(ops.ones([2, 8, 8, 3])).shape // [2, 8, 8, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_elastic_transform/
 */
export class RandomElasticTransform extends BaseImagePreprocessingLayer<typeof fields, Elastic> {
  static override readonly className = 'RandomElasticTransform';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Elastic | null {
    if (!isTraining(options) || this.scale[1] === 0 || this.factor[1] === 0) return null;
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const seed = this.seedFor(options);
    const applyTransform = chosen(batch, this.factor, seed);
    const [minval, maxval] = this.scale;
    const distortionFactor = uniform([], { minval, maxval, seed, dtype: this.computeDtype });
    return { applyTransform, distortionFactor, key: drawKey(this.className, seed) };
  }
  override transformImages(images: Tensor, elastic: Elastic | null, options?: TransformOptions): Tensor {
    const x = super.transformImages(images, elastic, options);
    return isTraining(options) && elastic ? within(x, this.valueRange) : x;
  }
  protected override resample(images: Tensor, elastic: Elastic | null, interpolation: string): Tensor {
    if (!elastic) return images;
    const { height, width } = sizesOf(this, images, this.dataFormat);
    const { fillMode, fillValue, dataFormat } = this;
    const how = { interpolation: interpolation as 'nearest', fillMode, fillValue, dataFormat };
    const x = cast(images, this.computeDtype);
    const alpha = multiply(multiply(elastic.distortionFactor, 0.1), Math.max(height, width));
    const size = Math.min(height, width);
    const sigma = multiply(multiply(elastic.distortionFactor, 0.05), size);
    const moved = elasticallyMoved(x, elastic.key, alpha, sigma, size * 0.05 * this.scale[1], how);
    return where(forEachImage(elastic.applyTransform), moved, x);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
