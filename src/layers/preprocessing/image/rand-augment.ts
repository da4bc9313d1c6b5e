import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import { cast, getItem, switch as switchCase } from '../../../ops/index.ts';
import { randint, SeedGenerator } from '../../../random/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { LayerOptions, Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { seedField } from '../../regularization/fields.ts';
import { type AnyImageLayer, type Augmentations, makeAugmentations } from './augmentations.ts';
import {
  BaseImagePreprocessingLayer,
  isTraining,
  type TransformationOptions,
  type TransformOptions,
} from './base-image-preprocessing-layer.ts';
import { factorField, givenValueRangeField, imageFields, interpolationField } from './fields.ts';
import type { BoundingBoxes, ImageData } from './image-data.ts';

const fields = {
  /** The range of pixel values. */
  valueRange: givenValueRangeField(),
  /** Number of successive changes. */
  numOps: f.int({ min: 0, initial: 2 }),
  /** Strength of the changes; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 0.5 }),
  /** Interpolation method. */
  interpolation: interpolationField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
const order = [
  'randomShear',
  'randomTranslation',
  'randomRotation',
  'randomBrightness',
  'randomColorDegeneration',
  'randomContrast',
  'randomSharpness',
  'randomPosterization',
  'solarization',
  'autoContrast',
  'equalization',
] as const;
interface Choice {
  /** The layer for each change, `[numOps]`. */
  readonly layerIdxes: Tensor;
  /** What was drawn for each layer. */
  readonly transforms: readonly unknown[];
}

export interface RandAugment extends Resolved<typeof fields>, Augmentations {}
/**
 * Changes images by a few layers drawn from eleven for each batch (Cubuk et al., 2019), along with masks and boxes. If
 * `training` is false, images are returned unchanged.
 * @example new RandAugment({ factor: 0.3, seed: 1 })(ops.ones([2, 8, 8, 3])).shape // [2, 8, 8, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/rand_augment/
 */
export class RandAugment extends BaseImagePreprocessingLayer<typeof fields, Choice> {
  static override readonly className = 'RandAugment';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    Object.assign(this, makeAugmentations(this));
  }
  get #layers(): AnyImageLayer[] {
    return order.map((key) => this[key] as AnyImageLayer);
  }
  override build(inputShape: Shapes): void {
    for (const layer of this.#layers) layer.build(inputShape);
  }
  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Choice | null {
    if (!isTraining(options)) return null;
    const seed = this.generator;
    const layerIdxes = randint([this.numOps], 0, order.length, { seed });
    return { layerIdxes, transforms: this.#layers.map((layer) => layer.getRandomTransformation(data, { seed })) };
  }
  /** Applies the drawn layers, one after the other. */
  #changed<X>(x: X, choice: Choice, change: (layer: AnyImageLayer, x: X, transformation: unknown) => X): X {
    let y = x;
    for (let k = 0; k < this.numOps; k++)
      y = switchCase(
        getItem(choice.layerIdxes, [k]),
        this.#layers.map((layer, at) => (z: X) => change(layer, z, choice.transforms[at])),
        y,
      ) as X;
    return y;
  }
  override transformImages(images: Tensor, choice: Choice | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !choice) return x;
    return this.#changed(x, choice, (layer, y, t) => cast(layer.transformImages(y, t), x.dtype));
  }
  override transformBoundingBoxes(
    boxes: BoundingBoxes,
    choice: Choice | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    if (!isTraining(options) || !choice) return boxes;
    const moved = this.#changed([boxes.boxes, boxes.labels] as const, choice, (layer, [x, labels], t) => {
      const y = layer.transformBoundingBoxes({ boxes: x, labels }, t);
      return [cast(y.boxes, x.dtype), cast(y.labels, labels.dtype)] as const;
    });
    return { ...boxes, boxes: moved[0], labels: moved[1] };
  }
  override transformSegmentationMasks(masks: Tensor, choice: Choice | null, options?: TransformOptions): Tensor {
    if (!isTraining(options) || !choice) return masks;
    return this.#changed(masks, choice, (layer, y, t) => cast(layer.transformSegmentationMasks(y, t), masks.dtype));
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
