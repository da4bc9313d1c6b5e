import { type Field, f, type Resolved } from '../../../base/field/field.ts';
import { add, cast, image, where } from '../../../ops/index.ts';
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
import { chosen, forEachImage, within } from './values.ts';

type Sizes = number | readonly number[];
const isOdd = (x: unknown): x is number => Number.isInteger(x) && (x as number) > 0 && (x as number) % 2 === 1;
const kernelSizeField: Field<Sizes, readonly [number, number], false> = f.custom<Sizes, readonly [number, number]>({
  expects: 'an odd number, or two of them',
  check: (v): v is Sizes => (Array.isArray(v) ? v.length === 2 && v.every(isOdd) : isOdd(v)),
  parse: (v) => (typeof v === 'number' ? [v, v] : [v[0], v[1]]),
  initial: 3,
});
const fields = {
  /** Range of the probability that an image is blurred; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 1 }),
  /** Width and height of the window, odd. */
  kernelSize: kernelSizeField,
  /** Range of the blur's standard deviation, in pixels and at most 1; `b` is `[0, b]`. */
  sigma: factorField([0, 1], { initial: 1 }),
  /** The range of pixel values, to which results are clipped. */
  valueRange: givenValueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Blur {
  /** Which images are blurred, `[n]`. */
  readonly shouldApplyBlur: Tensor;
  /** Standard deviations along width and height, `[2]`. */
  readonly blurFactor: Tensor;
}

export interface RandomGaussianBlur extends Resolved<typeof fields> {}
/**
 * Blurs some of the images with a Gaussian kernel. If `training` is false, images are returned unchanged.
 * @example new RandomGaussianBlur({ kernelSize: 5, seed: 1 })(ops.ones([2, 8, 8, 3])).shape // [2, 8, 8, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_gaussian_blur/
 */
export class RandomGaussianBlur extends BaseImagePreprocessingLayer<typeof fields, Blur> {
  static override readonly className = 'RandomGaussianBlur';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Blur | null {
    if (!isTraining(options)) return null;
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const seed = this.seedFor(options);
    const shouldApplyBlur = chosen(batch, this.factor, seed);
    const [minval, maxval] = this.sigma;
    return { shouldApplyBlur, blurFactor: add(uniform([2], { minval, maxval, seed, dtype: this.computeDtype }), 1e-6) };
  }
  override transformImages(images: Tensor, blur: Blur | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !blur) return x;
    const { kernelSize, dataFormat } = this;
    const blurred = image.gaussianBlur(x, { kernelSize, sigma: blur.blurFactor, dataFormat });
    return within(where(forEachImage(blur.shouldApplyBlur), blurred, x), this.valueRange);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
