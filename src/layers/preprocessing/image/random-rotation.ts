import { f, type Resolved } from '../../../base/field/field.ts';
import { affineTransform } from '../../../ops/detection/index.ts';
import { add, cos, expandDims, image, multiply, negative, ones, sin, subtract, zeros } from '../../../ops/index.ts';
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
import { moveCorners } from './boxes.ts';
import { factorField, fillModeField, imageFields, interpolationField } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { affineMaps } from './matrices.ts';

const fields = {
  /** How far images turn at most, in whole turns: `0.1` is from -36 to 36 degrees, a pair the range. Positive turns are counter-clockwise. */
  factor: factorField([-1, 1]),
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
interface Rotation {
  /** Degrees, `[n]`. */
  readonly angle: Tensor;
  readonly rotationMatrix: Tensor;
  readonly height: number;
  readonly width: number;
}

export interface RandomRotation extends Resolved<typeof fields> {}
/**
 * Rotates images about their centre, each by its own random angle, along with masks and boxes. If `training` is false,
 * images are returned unchanged.
 * @example new RandomRotation({ factor: 0.1, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/
 */
export class RandomRotation extends BaseImagePreprocessingLayer<typeof fields, Rotation> {
  static override readonly className = 'RandomRotation';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Rotation | null {
    if (!isTraining(options)) return null;
    const { batch, height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [low, high] = this.factor;
    const seed = this.seedFor(options);
    const angle = uniform([batch], { minval: low * 360, maxval: high * 360, seed });
    const turn = expandDims(multiply(angle, Math.PI / 180), -1);
    const [cosine, sine] = [cos(turn), sin(turn)];
    const [x, y] = [(width - 1) / 2, (height - 1) / 2];
    const rotationMatrix = affineMaps(batch, [
      cosine,
      negative(sine),
      add(subtract(x, multiply(cosine, x)), multiply(sine, y)),
      sine,
      cosine,
      subtract(subtract(y, multiply(sine, x)), multiply(cosine, y)),
    ]);
    return { angle, rotationMatrix, height, width };
  }
  protected override resample(images: Tensor, rotation: Rotation | null, interpolation: string): Tensor {
    if (!rotation) return images;
    const { fillMode, fillValue, dataFormat } = this;
    const how = { interpolation: interpolation as 'nearest', fillMode, fillValue, dataFormat };
    return image.affineTransform(images, rotation.rotationMatrix, how);
  }
  override transformBoundingBoxes(
    boxes: BoundingBoxes,
    rotation: Rotation | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    if (!isTraining(options) || !rotation) return boxes;
    const { angle, height, width } = rotation;
    const [none, one] = [zeros(angle.shape), ones(angle.shape)];
    return moveCorners(boxes, this, [rotation, rotation], (given) => ({
      ...given,
      boxes: affineTransform(given.boxes, angle, none, none, one, none, none, height, width),
    }));
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
