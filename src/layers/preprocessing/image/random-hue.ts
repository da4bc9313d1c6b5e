import type { Resolved } from '../../../base/field/field.ts';
import {
  add,
  cast,
  concatenate,
  greater,
  image,
  less,
  multiply,
  negative,
  onesLike,
  split,
  subtract,
  where,
} from '../../../ops/index.ts';
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
import { forEachImage, toRange, within } from './values.ts';

const fields = {
  /** How far the hue turns to either side, as a fraction of half the circle: `b` is `[0, b]`, a pair the range. */
  factor: factorField([0, 1]),
  /** The range of pixel values. */
  valueRange: givenValueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Hue {
  /** What is added to the hue, `[n]`. */
  readonly factor: Tensor;
}

export interface RandomHue extends Resolved<typeof fields> {}
/**
 * Shifts the hue of RGB images, each by its own random amount. If `training` is false, images are returned unchanged.
 * @example new RandomHue({ factor: 0.2, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_hue/
 */
export class RandomHue extends BaseImagePreprocessingLayer<typeof fields, Hue> {
  static override readonly className = 'RandomHue';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Hue {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const seed = this.seedFor(options);
    const side = uniform([batch], { seed });
    const sign = where(greater(side, 0.5), negative(onesLike(side)), onesLike(side));
    const [minval, maxval] = this.factor;
    return { factor: multiply(multiply(sign, uniform([batch], { minval, maxval, seed })), 0.5) };
  }
  override transformImages(images: Tensor, { factor }: Hue, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const { dataFormat, valueRange, computeDtype } = this;
    const x = toRange(cast(images, computeDtype), valueRange, [0, 1], 'float32');
    const [hue, ...others] = split(image.rgbToHsv(x, { dataFormat }), 3, { axis: this.channelAxis });
    const turned = add(hue, forEachImage(cast(factor, x.dtype)));
    const below = where(greater(turned, 1), subtract(turned, 1), turned);
    const around = where(less(below, 0), add(below, 1), below);
    const hsv = concatenate([around, ...others], { axis: this.channelAxis });
    const rgb = within(image.hsvToRgb(hsv, { dataFormat }), [0, 1]);
    return cast(toRange(rgb, [0, 1], valueRange, 'float32'), computeDtype);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
