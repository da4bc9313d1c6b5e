import { fail } from '../../../base/errors.ts';
import type { Resolved } from '../../../base/field/field.ts';
import { add, arange, cast, divide, multiply, sqrt, subtract, take, where } from '../../../ops/index.ts';
import { beta, SeedGenerator, shuffle, uniform } from '../../../random/index.ts';
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
import { factorField, imageFields } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { mixedLabels } from './mixed-labels.ts';
import { drawSpan, insideOf } from './rectangles.ts';

const fields = {
  /** Range of the parameter of the beta distribution of mixing ratios; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 1 }),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Cut {
  /** The image that the part is taken from, `[n]`. */
  readonly permutationOrder: Tensor;
  /** True in the part, `[n, height, width, 1]`, or channels first. */
  readonly batchMasks: Tensor;
  /** The weight of the image itself, `[n]`. */
  readonly mixWeight: Tensor;
}

export interface CutMix extends Resolved<typeof fields> {}
/**
 * Replaces a rectangle in each image of a batch by one from another image, and mixes labels `[n, classes]` by area (Yun et al.,
 * 2019). Masks are cut as the images are; bounding boxes are refused. A single image, and all images if `training` is
 * false, are returned unchanged.
 * @example new CutMix({ seed: 1 })({ images: ops.ones([2, 4, 4, 3]), labels: ops.eye(2) }).labels.shape // [2, 2]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/cut_mix/
 */
export class CutMix extends BaseImagePreprocessingLayer<typeof fields, Cut> {
  static override readonly className = 'CutMix';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Cut | null {
    const sizes = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    if (!isTraining(options) || !sizes.isBatch) return null;
    const { batch, height, width } = sizes;
    const draws = { seed: this.seedFor(options), dtype: this.computeDtype };
    const [minval, maxval] = this.factor;
    const alpha = add(uniform([], { minval, maxval, ...draws }), 1e-6);
    const share = sqrt(subtract(1, beta([batch], alpha, alpha, draws)));
    const across = drawSpan(share, width, draws);
    const down = drawSpan(share, height, draws);
    const [wide, high] = [subtract(across[1], across[0]), subtract(down[1], down[0])];
    return {
      batchMasks: insideOf(sizes, [across, down], this.dataFormat),
      mixWeight: subtract(1, divide(multiply(wide, high), width * height)),
      permutationOrder: shuffle(arange(0, batch, 1, { dtype: 'int32' }), { seed: draws.seed }),
    };
  }
  override transformImages(images: Tensor, cut: Cut | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !cut) return x;
    return where(cut.batchMasks, take(x, cut.permutationOrder, { axis: 0 }), x);
  }
  override transformLabels(labels: Tensor, cut: Cut | null, options?: TransformOptions): Tensor {
    return isTraining(options) && cut ? mixedLabels(this, labels, cut) : labels;
  }
  override transformBoundingBoxes(): BoundingBoxes {
    return fail(this, 'it cannot mix bounding boxes', 'leave them out, or use MixUp');
  }
  override transformSegmentationMasks(masks: Tensor, cut: Cut | null, options?: TransformOptions): Tensor {
    return this.transformImages(masks, cut, options);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
