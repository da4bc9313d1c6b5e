import type { Resolved } from '../../../base/field/field.ts';
import { bitwiseLeftShift, bitwiseRightShift, cast, full, subtract } from '../../../ops/index.ts';
import { randint, SeedGenerator } from '../../../random/index.ts';
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
import { factorField, imageFields, type Range, valueRangeField } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { forEachImage, toRange } from './values.ts';

const fields = {
  /** How many of the eight bits of a value are kept: `b` is from 1 to, not including, `b`; two equal numbers are exactly that number. */
  factor: factorField([1, 8], { isFloat: false }),
  /** The range of pixel values. */
  valueRange: valueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Posterization {
  /** How many bits are cleared, uint8 `[n]`. */
  readonly shiftFactor: Tensor;
}
const bytes: Range = [0, 255];

export interface RandomPosterization extends Resolved<typeof fields> {}
/**
 * Reduces the number of levels: the lowest bits of each value, taken as a byte, are cleared. If `training` is false,
 * images are returned unchanged.
 * @example new RandomPosterization({ factor: [3, 3] })(ops.full([1, 1, 1, 1], 255)).item() // 224
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_posterization/
 */
export class RandomPosterization extends BaseImagePreprocessingLayer<typeof fields, Posterization> {
  static override readonly className = 'RandomPosterization';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Posterization {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [low, high] = this.factor;
    const seed = this.seedFor(options);
    const kept =
      low === high ? full([batch], low, { dtype: 'uint8' }) : randint([batch], low, high, { seed, dtype: 'uint8' });
    return { shiftFactor: subtract(full([batch], 8, { dtype: 'uint8' }), kept) };
  }
  override transformImages(images: Tensor, { shiftFactor }: Posterization, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const shift = forEachImage(shiftFactor);
    const levels = cast(toRange(images, this.valueRange, bytes, this.computeDtype), 'uint8');
    const kept = bitwiseLeftShift(bitwiseRightShift(levels, shift), shift);
    return toRange(cast(kept, this.computeDtype), bytes, this.valueRange, this.computeDtype);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
