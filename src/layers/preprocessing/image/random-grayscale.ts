import { f, type Resolved } from '../../../base/field/field.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import { image, less, where } from '../../../ops/index.ts';
import { SeedGenerator, uniform } from '../../../random/index.ts';
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
import { imageFields } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { forEachImage } from './values.ts';

const fields = {
  /** The probability that an image becomes grey. */
  factor: f.number({ min: 0, max: 1, initial: 0.5 }),
  /** Seed that makes the draws reproducible. As in Keras, configs do not keep it. */
  seed: seedField(),
  ...imageFields,
};

export interface RandomGrayscale extends Resolved<typeof fields> {}
/**
 * Turns some of the images grey, with three equal channels. If `training` is false, images are returned unchanged.
 * @example new RandomGrayscale({ factor: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_grayscale/
 */
export class RandomGrayscale extends BaseImagePreprocessingLayer<typeof fields, Tensor> {
  static override readonly className = 'RandomGrayscale';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  /** Which images become grey, `[n, 1, 1, 1]`. */
  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Tensor {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    return forEachImage(less(uniform([batch], { seed: this.seedFor(options) }), this.factor));
  }
  override transformImages(images: Tensor, isChosen: Tensor | null, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const grey = image.rgbToGrayscale(images, { dataFormat: this.dataFormat });
    return where(isChosen ?? this.getRandomTransformation(images), grey, images);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }
  override getConfig(): Config {
    const { seed: _, ...config } = super.getConfig();
    return config;
  }

  static {
    ownLayer(this);
  }
}
