import { type Field, f, type Resolved } from '../../../base/field/field.ts';
import { cast, multiply, ones, sqrt, where } from '../../../ops/index.ts';
import { normal, SeedGenerator, uniform } from '../../../random/index.ts';
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
import { factorField, givenValueRangeField, imageFields } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { columnOf, drawSpan, insideOf } from './rectangles.ts';
import { chosen, forEachImage, within } from './values.ts';

type Fill = number | readonly number[];
const isNumber = (x: unknown): x is number => typeof x === 'number' && !Number.isNaN(x);
const fillField: Field<Fill | null, Fill | null, false> = f.nullable(
  f.custom<Fill, Fill>({
    expects: 'a number, or three of them',
    check: (v): v is Fill => (Array.isArray(v) ? v.length === 3 && v.every(isNumber) : isNumber(v)),
    parse: (v) => v,
    isFloat: true,
  }),
);
const fields = {
  /** Range of the probability that part of an image is erased; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 1 }),
  /** Range of the fraction of the image that is erased; `b` is `[0, b]`. */
  scale: factorField([0, 1], { initial: [0.02, 0.33] }),
  /** The filling of the erased part: a number, one for each of three channels, or null for normal noise. */
  fillValue: fillField,
  /** The range of pixel values, to which the filling is clipped. */
  valueRange: givenValueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Erasing {
  /** Which images are erased in part, `[n]`. */
  readonly applyErasing: Tensor;
  /** True in the part, `[n, height, width, 1]`, or channels first. */
  readonly batchMasks: Tensor;
  readonly fillValue: Tensor;
}

export interface RandomErasing extends Resolved<typeof fields> {}
/**
 * Erases a random rectangle of some of the images (Zhong et al., 2017). Boxes and masks are unchanged. If `training` is
 * false, images are returned unchanged.
 * @example new RandomErasing({ fillValue: 0, seed: 1 })(ops.ones([2, 8, 8, 3])).shape // [2, 8, 8, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_erasing/
 */
export class RandomErasing extends BaseImagePreprocessingLayer<typeof fields, Erasing> {
  static override readonly className = 'RandomErasing';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Erasing | null {
    if (!isTraining(options)) return null;
    const images = imagesOf(data as Tensor);
    const sizes = sizesOf(this, images, this.dataFormat);
    const draws = { seed: this.seedFor(options), dtype: this.computeDtype };
    const [minval, maxval] = this.scale;
    const shares = sqrt(uniform([sizes.batch, 2], { minval, maxval, ...draws }));
    const across = drawSpan(columnOf(shares, 0), sizes.width, draws);
    const down = drawSpan(columnOf(shares, 1), sizes.height, draws);
    const batchMasks = insideOf(sizes, [across, down], this.dataFormat);
    const applyErasing = chosen(sizes.batch, this.factor, draws.seed);
    return { applyErasing, batchMasks, fillValue: within(this.#fill(images, draws), this.valueRange) };
  }
  #fill({ shape }: Tensor, draws: Parameters<typeof drawSpan>[2]): Tensor {
    const { fillValue, computeDtype: dtype } = this;
    if (fillValue === null) return multiply(normal(shape, draws), this.valueRange[1]);
    return multiply(
      ones(shape, { dtype }),
      typeof fillValue === 'number' ? fillValue : tensor([...fillValue], { dtype }),
    );
  }
  override transformImages(images: Tensor, erasing: Erasing | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !erasing) return x;
    const { applyErasing, batchMasks, fillValue } = erasing;
    return where(forEachImage(applyErasing), where(batchMasks, fillValue, x), x);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
