import type { Resolved } from '../../../base/field/field.ts';
import { add, mean, multiply, subtract, zeros } from '../../../ops/index.ts';
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
import { factorField, givenValueRangeField, imageFields } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { within } from './values.ts';

const fields = {
  /** How much the contrast changes: with `[a, b]` differences from the mean are multiplied by `1 - a` to `1 + b`; `b` is `[0, b]`. */
  factor: factorField([0, 1]),
  /** The range of pixel values, to which results are clipped. */
  valueRange: givenValueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Contrast {
  /** `[n, 1, 1, 1]`. */
  readonly contrastFactor: Tensor;
}

export interface RandomContrast extends Resolved<typeof fields> {}
/**
 * `(x - mean) · factor + mean`, with the mean of each channel of an image and a factor for each image. If `training` is
 * false, images are returned unchanged.
 * @example new RandomContrast({ factor: 0.2, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_contrast/
 */
export class RandomContrast extends BaseImagePreprocessingLayer<typeof fields, Contrast> {
  static override readonly className = 'RandomContrast';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Contrast {
    const { isBatch, batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const shape = isBatch ? [batch, 1, 1, 1] : [1, 1, 1];
    if (!isTraining(options)) return { contrastFactor: zeros(shape) };
    const [minval, maxval] = [1 - this.factor[0], 1 + this.factor[1]];
    const seed = this.seedFor(options);
    return { contrastFactor: uniform(shape, { minval, maxval, seed, dtype: this.computeDtype }) };
  }
  override transformImages(images: Tensor, { contrastFactor }: Contrast, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const rows = mean(images, { axis: this.heightAxis, keepdims: true });
    const centre = mean(rows, { axis: this.widthAxis, keepdims: true });
    return within(add(multiply(subtract(images, centre), contrastFactor), centre), this.valueRange);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
