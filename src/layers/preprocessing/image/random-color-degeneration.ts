import { fail } from '../../../base/errors.ts';
import type { Resolved } from '../../../base/field/field.ts';
import { type SymbolicShape, showShape } from '../../../base/shape.ts';
import { add, cast, image, multiply, subtract } from '../../../ops/index.ts';
import { SeedGenerator, uniform } from '../../../random/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
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
  /** How grey: 0 is the image itself, 1 grey, below 0 stronger colours; `b` is `[-b, b]`. */
  factor: factorField([-1, 1]),
  /** The range of pixel values, to which results are clipped. */
  valueRange: valueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Degeneration {
  /** `[n, 1, 1, 1]`. */
  readonly factor: Tensor;
}

export interface RandomColorDegeneration extends Resolved<typeof fields> {}
/**
 * Blends RGB images with their greyscale versions, each by its own random ratio. If `training` is false, images are
 * returned unchanged.
 * @example new RandomColorDegeneration({ factor: [0.2, 0.8], seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/
 */
export class RandomColorDegeneration extends BaseImagePreprocessingLayer<typeof fields, Degeneration> {
  static override readonly className = 'RandomColorDegeneration';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Degeneration {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [minval, maxval] = this.factor;
    return { factor: uniform([batch, 1, 1, 1], { minval, maxval, seed: this.seedFor(options) }) };
  }
  override transformImages(images: Tensor, { factor }: Degeneration, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const x = cast(images, this.computeDtype);
    const grey = image.rgbToGrayscale(x, { dataFormat: this.dataFormat });
    return within(add(x, multiply(cast(factor, this.computeDtype), subtract(grey, x))), this.valueRange);
  }
  /** The shape is unchanged; images of other than three channels are refused. */
  override computeOutputShape(shape: SymbolicShape): SymbolicShape {
    if (!Array.isArray(shape)) return shape;
    if (shape.length !== 3 && shape.length !== 4)
      fail(this, `images have shape ${showShape(shape)}`, 'give one image, or a batch of them');
    const channels = shape.at(this.channelAxis);
    if (channels !== null && channels !== 3)
      fail(this, `images of shape ${showShape(shape)} have ${channels} channels`, 'give three');
    return shape;
  }

  static {
    ownLayer(this);
  }
}
