import { isInteger } from '../../../base/dtype.ts';
import type { Resolved } from '../../../base/field/field.ts';
import { add, cast, multiply, zeros } from '../../../ops/index.ts';
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
import { factorField, imageFields, valueRangeField } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { within } from './values.ts';

const fields = {
  /** How much brighter, as a fraction of the range of values: `0.2` is from 20% darker to 20% brighter, a pair the range. */
  factor: factorField([-1, 1]),
  /** The range of pixel values, to which results are clipped. */
  valueRange: valueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Brightness {
  /** What is added, `[n, 1, 1, 1]`. */
  readonly rgbDelta: Tensor;
}

export interface RandomBrightness extends Resolved<typeof fields> {}
/**
 * Makes images brighter or darker, each by its own random amount. Integers stay integers. If `training` is false,
 * images are returned unchanged.
 * @example new RandomBrightness({ factor: 0.2, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_brightness/
 */
export class RandomBrightness extends BaseImagePreprocessingLayer<typeof fields, Brightness> {
  static override readonly className = 'RandomBrightness';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Brightness {
    const { isBatch, batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const shape = isBatch ? [batch, 1, 1, 1] : [1, 1, 1];
    if (!isTraining(options)) return { rgbDelta: zeros(shape) };
    const [minval, maxval] = this.factor;
    const share = uniform(shape, { minval, maxval, seed: this.seedFor(options) });
    return { rgbDelta: multiply(share, this.valueRange[1] - this.valueRange[0]) };
  }
  override transformImages(images: Tensor, { rgbDelta }: Brightness, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    // In whole numbers the amount is cut to one, as in Keras; but a negative one is no value of an unsigned type.
    const x = isInteger(images.dtype) ? cast(images, 'int32') : images;
    return cast(within(add(x, cast(rgbDelta, x.dtype)), this.valueRange), images.dtype);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
