import { type Field, f, type Options, type Resolved } from '../../../base/field/field.ts';
import { cast } from '../../../ops/index.ts';
import { SeedGenerator } from '../../../random/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { LayerOptions, Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { seedField } from '../../regularization/fields.ts';
import { BaseImagePreprocessingLayer, isTraining, type TransformOptions } from './base-image-preprocessing-layer.ts';
import { type Factor, givenValueRangeField, imageFields, isFactor } from './fields.ts';
import { RandomBrightness } from './random-brightness.ts';
import { RandomContrast } from './random-contrast.ts';
import { RandomHue } from './random-hue.ts';
import { RandomSaturation } from './random-saturation.ts';

const partField = (): Field<Factor | null, Factor | null, false> =>
  f.nullable(
    f.custom<Factor, Factor>({
      expects: 'a number, or two of them',
      check: (v): v is Factor => isFactor(v, [-Infinity, Infinity]),
      parse: (v) => v,
      isFloat: true,
    }),
  );
const fields = {
  /** The range of pixel values. */
  valueRange: givenValueRangeField(),
  /** `factor` of RandomBrightness; null leaves the brightness unchanged. */
  brightnessFactor: partField(),
  /** `factor` of RandomContrast; null leaves the contrast unchanged. */
  contrastFactor: partField(),
  /** `factor` of RandomSaturation; null leaves the saturation unchanged. */
  saturationFactor: partField(),
  /** `factor` of RandomHue; null leaves the hue unchanged. */
  hueFactor: partField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
type Part = BaseImagePreprocessingLayer<any, any>;

export interface RandomColorJitter extends Resolved<typeof fields> {}
/**
 * Changes brightness, contrast, saturation and hue of images in turn. If `training` is false, images are returned
 * unchanged.
 * @example new RandomColorJitter({ brightnessFactor: 0.2, hueFactor: 0.1, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/
 */
export class RandomColorJitter extends BaseImagePreprocessingLayer<typeof fields, null> {
  static override readonly className = 'RandomColorJitter';
  static override readonly fields = fields;
  static override readonly movesPixels = false;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });
  /** Changes the brightness by `brightnessFactor`; null without it. */
  readonly randomBrightness: RandomBrightness | null;
  /** Changes the contrast by `contrastFactor`; null without it. */
  readonly randomContrast: RandomContrast | null;
  /** Changes the saturation by `saturationFactor`; null without it. */
  readonly randomSaturation: RandomSaturation | null;
  /** Changes the hue by `hueFactor`; null without it. */
  readonly randomHue: RandomHue | null;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { valueRange, seed, dataFormat } = this;
    // The parts draw and compute in the global dtype, as Keras's do; the result has that of this layer.
    const part = <L>(factor: Factor | null, Class: new (options: any) => L): L | null =>
      factor === null ? null : new Class({ factor, valueRange, seed, dataFormat });
    this.randomBrightness = part(this.brightnessFactor, RandomBrightness);
    this.randomContrast = part(this.contrastFactor, RandomContrast);
    this.randomSaturation = part(this.saturationFactor, RandomSaturation);
    this.randomHue = part(this.hueFactor, RandomHue);
  }
  get #parts(): Part[] {
    const all = [this.randomBrightness, this.randomContrast, this.randomSaturation, this.randomHue];
    return all.filter((layer) => layer !== null) as Part[];
  }
  override build(inputShape: Shapes): void {
    for (const layer of this.#parts) layer.build(inputShape);
  }
  override transformImages(images: Tensor, _: null, options?: TransformOptions): Tensor {
    if (!isTraining(options)) return images;
    const change = (x: Tensor, layer: Part): Tensor =>
      layer.transformImages(x, layer.getRandomTransformation(x, { seed: this.generator }));
    return cast(this.#parts.reduce(change, cast(images, this.computeDtype)), this.computeDtype);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
