import { epsilon } from '../../../base/config.ts';
import type { Resolved } from '../../../base/field/field.ts';
import { add, cast, concatenate, divide, image, multiply, split, subtract } from '../../../ops/index.ts';
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
import { forEachImage, within } from './values.ts';

const fields = {
  /** How saturated: below 0.5 paler, down to grey at 0, above it stronger; `f` multiplies the saturation by `f / (1 - f)`. */
  factor: factorField([-1, 1]),
  /** The range of pixel values, to which the saturation is clipped. */
  valueRange: valueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Saturation {
  /** What the saturation is multiplied by, `[n]`. */
  readonly factor: Tensor;
}

export interface RandomSaturation extends Resolved<typeof fields> {}
/**
 * Changes the saturation of RGB images in floats, each by its own random factor. If `training` is false, images are
 * returned unchanged.
 * @example new RandomSaturation({ factor: [0.4, 0.6], seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_saturation/
 */
export class RandomSaturation extends BaseImagePreprocessingLayer<typeof fields, Saturation> {
  static override readonly className = 'RandomSaturation';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Saturation {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [minval, maxval] = this.factor;
    const factor = uniform([batch], { minval, maxval, seed: this.seedFor(options) });
    return { factor: divide(factor, add(subtract(1, factor), epsilon())) };
  }
  override transformImages(images: Tensor, { factor }: Saturation, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const { dataFormat, channelAxis: axis } = this;
    const [hue, saturation, value] = split(image.rgbToHsv(images, { dataFormat }), 3, { axis }) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const changed = within(multiply(saturation, forEachImage(cast(factor, this.computeDtype))), this.valueRange);
    return image.hsvToRgb(concatenate([hue, changed, value], { axis }), { dataFormat });
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
