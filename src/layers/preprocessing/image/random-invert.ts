import type { Resolved } from '../../../base/field/field.ts';
import { cast, subtract, where } from '../../../ops/index.ts';
import { SeedGenerator } from '../../../random/index.ts';
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
import { chosen, forEachImage } from './values.ts';

const fields = {
  /** Range of the probability that an image is inverted; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 1 }),
  /** The range of pixel values. */
  valueRange: givenValueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Inversion {
  /** `[n]`. */
  readonly applyInversion: Tensor;
}

export interface RandomInvert extends Resolved<typeof fields> {}
/**
 * Inverts some of the images: `high - x`. If `training` is false, images are returned unchanged.
 * @example new RandomInvert({ factor: 0.5, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_invert/
 */
export class RandomInvert extends BaseImagePreprocessingLayer<typeof fields, Inversion> {
  static override readonly className = 'RandomInvert';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Inversion | null {
    if (!isTraining(options)) return null;
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    return { applyInversion: chosen(batch, this.factor, this.seedFor(options)) };
  }
  override transformImages(images: Tensor, inversion: Inversion | null, options?: TransformOptions): Tensor {
    if (!isTraining(options) || !inversion) return images;
    const x = cast(images, this.computeDtype);
    return where(forEachImage(inversion.applyInversion), subtract(this.valueRange[1], x), x);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
