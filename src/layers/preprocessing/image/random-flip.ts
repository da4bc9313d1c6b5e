import { f, type Resolved } from '../../../base/field/field.ts';
import { cast, flip, lessEqual, squeeze, subtract, where } from '../../../ops/index.ts';
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
import { mapCorners, moveCorners } from './boxes.ts';
import { imageFields } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';

const fields = {
  /** `horizontal` swaps left and right, `vertical` top and bottom, `horizontal_and_vertical` both at once. */
  mode: f.oneOf(['horizontal', 'vertical', 'horizontal_and_vertical'], 'horizontal_and_vertical'),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Flip {
  /** Which images are flipped: `[n, 1, 1, 1]`. */
  readonly flips: Tensor;
  readonly height: number;
  readonly width: number;
}

export interface RandomFlip extends Resolved<typeof fields> {}
/**
 * Flips a random half of the images, along with masks and boxes. If `training` is false, images are returned unchanged.
 * @example new RandomFlip({ mode: 'horizontal', seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_flip/
 */
export class RandomFlip extends BaseImagePreprocessingLayer<typeof fields, Flip> {
  static override readonly className = 'RandomFlip';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Flip | null {
    if (!isTraining(options)) return null;
    const { isBatch, batch, height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const shape = isBatch ? [batch, 1, 1, 1] : [1, 1, 1];
    return { flips: lessEqual(uniform(shape, { seed: this.seedFor(options) }), 0.5), height, width };
  }
  override transformImages(images: Tensor, transformation: Flip | null, options?: TransformOptions): Tensor {
    const x = cast(images, this.computeDtype);
    if (!isTraining(options) || !transformation) return x;
    const across = this.mode === 'vertical' ? x : flip(x, { axis: this.widthAxis });
    const both = this.mode === 'horizontal' ? across : flip(across, { axis: this.heightAxis });
    return where(transformation.flips, both, x);
  }
  override transformSegmentationMasks(masks: Tensor, transformation: Flip | null, options?: TransformOptions): Tensor {
    return this.transformImages(masks, transformation, options);
  }
  override transformBoundingBoxes(
    boxes: BoundingBoxes,
    transformation: Flip | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    if (!isTraining(options) || !transformation) return boxes;
    const { height, width } = transformation;
    const flips = squeeze(transformation.flips, { axis: -1 });
    return moveCorners(boxes, this, [transformation, transformation], (given) =>
      mapCorners(given, (corners) => {
        const [x1, y1, x2, y2] = corners;
        const across = this.mode === 'vertical' ? [x1, x2] : [subtract(width, x2), subtract(width, x1)];
        const down = this.mode === 'horizontal' ? [y1, y2] : [subtract(height, y2), subtract(height, y1)];
        return [across[0], down[0], across[1], down[1]].map((x, k) => where(flips, x, corners[k]));
      }),
    );
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
