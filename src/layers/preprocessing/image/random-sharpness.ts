import type { Resolved } from '../../../base/field/field.ts';
import { add, cast, depthwiseConv, multiply, ones, reshape, subtract, swapaxes } from '../../../ops/index.ts';
import { SeedGenerator, uniform } from '../../../random/index.ts';
import { type Tensor, tensor } from '../../../tensor/index.ts';
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
  /** How sharp: 0 is the blurred image, 0.5 the image itself, 1 twice its details; `b` is `[0, b]`. */
  factor: factorField([0, 1]),
  /** The range of pixel values, to which results are clipped. */
  valueRange: valueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Sharpness {
  /** `[n]`. */
  readonly factor: Tensor;
}

export interface RandomSharpness extends Resolved<typeof fields> {}
/**
 * Blurs or sharpens images, each by its own random factor. If `training` is false, images are returned unchanged.
 * @example new RandomSharpness({ factor: 0.7, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_sharpness/
 */
export class RandomSharpness extends BaseImagePreprocessingLayer<typeof fields, Sharpness> {
  static override readonly className = 'RandomSharpness';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Sharpness {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [minval, maxval] = this.factor;
    return { factor: uniform([batch], { minval, maxval, seed: this.seedFor(options) }) };
  }
  override transformImages(images: Tensor, { factor }: Sharpness, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options)) return x;
    const isFirst = this.dataFormat === 'channels_first';
    const last = isFirst ? swapaxes(x, -3, -1) : x;
    const share = forEachImage(cast(multiply(factor, 2), this.computeDtype));
    const sharpened = add(last, multiply(subtract(1, share), subtract(this.#blurred(last), last)));
    const kept = within(sharpened, this.valueRange);
    return isFirst ? swapaxes(kept, -3, -1) : kept;
  }
  #blurred(x: Tensor): Tensor {
    const [a, b] = [1 / 13, 5 / 13];
    const weights = reshape(tensor([a, a, a, a, b, a, a, a, a], { dtype: this.computeDtype }), [3, 3, 1, 1]);
    const kernel = multiply(weights, ones([1, 1, x.shape.at(-1)!, 1], { dtype: this.computeDtype }));
    return depthwiseConv(x, kernel, { padding: 'same', dataFormat: 'channels_last' });
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
