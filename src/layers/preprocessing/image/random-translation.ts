import { f, type Resolved } from '../../../base/field/field.ts';
import { add, expandDims, image, multiply, negative } from '../../../ops/index.ts';
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
import { fillModeField, imageFields, interpolationField, shareField, spreadOf } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { affineMaps } from './matrices.ts';

const fields = {
  /** How far images move down, as a fraction of their height: `0.2` is from -20% (up) to 20%, a pair the range. */
  heightFactor: shareField(),
  /** How far they move to the right, as a fraction of their width. */
  widthFactor: shareField(),
  /** How pixels outside the image are filled. */
  fillMode: fillModeField(),
  /** Interpolation method. */
  interpolation: interpolationField(),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  /** The value outside the image with fill mode `constant`. */
  fillValue: f.number({ initial: 0 }),
  ...imageFields,
};
interface Translation {
  /** Pixels to the right and down, `[n, 1]` each. */
  readonly right: Tensor;
  readonly down: Tensor;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

export interface RandomTranslation extends Resolved<typeof fields> {}
/**
 * Shifts images vertically and horizontally, each by its own random amounts, along with masks and boxes. If `training`
 * is false, images are returned unchanged.
 * @example new RandomTranslation({ heightFactor: 0.2, widthFactor: 0.2, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/
 */
export class RandomTranslation extends BaseImagePreprocessingLayer<typeof fields, Translation> {
  static override readonly className = 'RandomTranslation';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  /** The lower end of the range that vertical shifts are drawn from, as a share of the height; negative is upwards. */
  get heightLower(): number {
    return spreadOf(this.heightFactor)[0];
  }
  /** The upper end of the range that vertical shifts are drawn from, as a share of the height. */
  get heightUpper(): number {
    return spreadOf(this.heightFactor)[1];
  }
  /** The lower end of the range that horizontal shifts are drawn from, as a share of the width; negative is to the left. */
  get widthLower(): number {
    return spreadOf(this.widthFactor)[0];
  }
  /** The upper end of the range that horizontal shifts are drawn from, as a share of the width. */
  get widthUpper(): number {
    return spreadOf(this.widthFactor)[1];
  }
  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Translation | null {
    if (!isTraining(options)) return null;
    const { batch, height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const seed = this.seedFor(options);
    const draw = (minval: number, maxval: number, size: number): Tensor =>
      multiply(uniform([batch, 1], { minval, maxval, seed }), size);
    const down = draw(this.heightLower, this.heightUpper, height);
    const right = draw(this.widthLower, this.widthUpper, width);
    return { right, down, batch, height, width };
  }
  protected override resample(images: Tensor, transformation: Translation | null, interpolation: string): Tensor {
    if (!transformation) return images;
    const { batch, right, down } = transformation;
    const { fillMode, fillValue, dataFormat } = this;
    const how = { interpolation: interpolation as 'nearest', fillMode, fillValue, dataFormat };
    return image.affineTransform(images, affineMaps(batch, [1, 0, negative(right), 0, 1, negative(down)]), how);
  }
  override transformBoundingBoxes(
    boxes: BoundingBoxes,
    transformation: Translation | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    if (!isTraining(options) || !transformation) return boxes;
    const [right, down] = [transformation.right, transformation.down].map((x) => expandDims(x, -1)) as [Tensor, Tensor];
    return moveCorners(boxes, this, [transformation, transformation], (given) =>
      mapCorners(given, (corners) => corners.map((x, k) => add(x, k % 2 ? down : right))),
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
