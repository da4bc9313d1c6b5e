import { type Field, f, type Resolved } from '../../../base/field/field.ts';
import { add, cast, less, subtract, where } from '../../../ops/index.ts';
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
import { type Factor, imageFields, type Range, valueRangeField } from './fields.ts';
import { type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { toRange, within } from './values.ts';

const isShare = (x: unknown): x is number => typeof x === 'number' && x >= 0 && x <= 1;
const shareField = (): Field<Factor, Range, false> =>
  f.custom<Factor, Range>({
    expects: 'a number, or two of them, in the range [0, 1]',
    check: (v): v is Factor => (Array.isArray(v) ? v.length === 2 && v.every(isShare) : isShare(v)),
    parse: (v) => (typeof v === 'number' ? [0, v] : [Math.min(...v), Math.max(...v)]),
    initial: 0,
    isFloat: true,
  });
const fields = {
  /** What is added first, as a fraction of the range of values; `b` is `[0, b]`. */
  additionFactor: shareField(),
  /** The fraction of the range up to which values are unchanged; `b` is `[0, b]`. */
  thresholdFactor: shareField(),
  /** The range of pixel values. */
  valueRange: valueRangeField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Solar {
  /** `[n, 1, 1, 1]`, of values from 0 to 255. */
  readonly additions: Tensor;
  readonly thresholds: Tensor;
}
const bytes: Range = [0, 255];

export interface Solarization extends Resolved<typeof fields> {}
/**
 * Inverts bright values: `x + addition` stays below a threshold and becomes `255 - x` from there on.
 * If `training` is false, images are returned unchanged.
 * @example new Solarization({ thresholdFactor: 0.5, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/
 */
export class Solarization extends BaseImagePreprocessingLayer<typeof fields, Solar> {
  static override readonly className = 'Solarization';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Solar | null {
    if (!isTraining(options)) return null;
    const { isBatch, batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [seed, dtype] = [this.seedFor(options), this.computeDtype];
    // As in Keras, the lower bounds are values already.
    const draw = ([minval, most]: Range): Tensor =>
      uniform(isBatch ? [batch, 1, 1, 1] : [1, 1, 1], { minval, maxval: most * 255, seed, dtype });
    const additions = draw(this.additionFactor);
    return { additions, thresholds: draw(this.thresholdFactor) };
  }
  override transformImages(images: Tensor, solar: Solar | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !solar) return x;
    const bright = within(add(toRange(x, this.valueRange, bytes, x.dtype), solar.additions), bytes);
    const turned = where(less(bright, solar.thresholds), bright, subtract(255, bright));
    return toRange(turned, bytes, this.valueRange, x.dtype);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
