import { f, type Resolved } from '../../../base/field/field.ts';
import { add, arange, cast, concatenate, multiply, subtract, take } from '../../../ops/index.ts';
import { beta, SeedGenerator, shuffle } from '../../../random/index.ts';
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
import { imageFields } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { mixedLabels } from './mixed-labels.ts';
import { forEachImage } from './values.ts';

const fields = {
  /**
   * The parameter of the beta distribution of mixing ratios: near 0 one image dominates, 1 is a uniform distribution.
   */
  alpha: f.number({ initial: 0.2 }),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Mix {
  /** The image that each one is mixed with, `[n]`. */
  readonly permutationOrder: Tensor;
  /** The weight of the image itself, `[n]`. */
  readonly mixWeight: Tensor;
}

export interface MixUp extends Resolved<typeof fields> {}
/**
 * Mixes each image of a batch, with its labels `[n, classes]` and masks, with another one (Zhang et al., 2017); an
 * image gets the boxes of both. If `training` is false, images are returned unchanged.
 * @example new MixUp({ seed: 1 })({ images: ops.ones([2, 4, 4, 3]), labels: ops.eye(2) }).labels.shape // [2, 2]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/mix_up/
 */
export class MixUp extends BaseImagePreprocessingLayer<typeof fields, Mix> {
  static override readonly className = 'MixUp';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Mix {
    const { batch } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const seed = this.seedFor(options);
    const permutationOrder = shuffle(arange(0, batch, 1, { dtype: 'int32' }), { seed });
    return { permutationOrder, mixWeight: beta([batch], this.alpha, this.alpha, { seed }) };
  }
  override transformImages(images: Tensor, mix: Mix, options?: TransformOptions): Tensor {
    return isTraining(options) ? this.#mixed(images, mix) : images;
  }
  #mixed(images: Tensor, { permutationOrder, mixWeight }: Mix): Tensor {
    const x = cast(images, this.computeDtype);
    const share = forEachImage(cast(mixWeight, this.computeDtype));
    return add(multiply(share, x), multiply(subtract(1, share), take(x, permutationOrder, { axis: 0 })));
  }
  override transformLabels(labels: Tensor, mix: Mix, options?: TransformOptions): Tensor {
    return isTraining(options) ? mixedLabels(this, labels, mix) : labels;
  }
  override transformBoundingBoxes(boxes: BoundingBoxes, mix: Mix, options?: TransformOptions): BoundingBoxes {
    if (!isTraining(options)) return boxes;
    const withOther = (x: Tensor): Tensor => concatenate([x, take(x, mix.permutationOrder, { axis: 0 })], { axis: 1 });
    return { ...boxes, boxes: withOther(boxes.boxes), labels: withOther(boxes.labels) };
  }
  override transformSegmentationMasks(masks: Tensor, mix: Mix, options?: TransformOptions): Tensor {
    return isTraining(options) ? this.#mixed(masks, mix) : masks;
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
