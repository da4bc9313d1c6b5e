import { type Field, f, type Resolved } from '../../../base/field/field.ts';
import { expandDims, greater, image, less, multiply, negative, onesLike, subtract, where } from '../../../ops/index.ts';
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
import { type Factor, fillModeField, imageFields, interpolationField, type Range, spreadOf } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { affineMaps } from './matrices.ts';

const isShare = (x: unknown): x is number => typeof x === 'number' && x >= 0 && x <= 1;
/** In configs, a number is stored as the pair from its negative to it. */
const isSpread = ([low, high]: readonly unknown[]): boolean => isShare(high) && low === -high;
const shearField = (): Field<Factor, Range, false> =>
  f.custom<Factor, Range>({
    expects: 'a number, or two of them, in the range [0, 1]',
    check: (v): v is Factor => (Array.isArray(v) ? v.length === 2 && (v.every(isShare) || isSpread(v)) : isShare(v)),
    parse: spreadOf,
    initial: 0,
    isFloat: true,
  });
const fields = {
  /** How far rows slide, in pixels per row: `0.2` is from -0.2 to 0.2, a pair the range. */
  xFactor: shearField(),
  /** How far columns slide, in pixels per column. */
  yFactor: shearField(),
  /** Interpolation method. */
  interpolation: interpolationField(),
  /** How pixels outside the image are filled. */
  fillMode: fillModeField(),
  /** The value outside the image with fill mode `constant`. */
  fillValue: f.number({ initial: 0 }),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Shear {
  /** `[n, 1]` along x and y. */
  readonly x: Tensor;
  readonly y: Tensor;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

export interface RandomShear extends Resolved<typeof fields> {}
/**
 * Shears images along rows and columns, each by its own random amounts, along with masks and boxes. If `training` is
 * false, images are returned unchanged.
 * @example new RandomShear({ xFactor: 0.2, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/
 */
export class RandomShear extends BaseImagePreprocessingLayer<typeof fields, Shear> {
  static override readonly className = 'RandomShear';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Shear | null {
    if (!isTraining(options)) return null;
    const { batch, height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [seed, dtype] = [this.seedFor(options), this.computeDtype];
    const draw = ([minval, maxval]: Range): Tensor => uniform([batch, 1], { minval, maxval, seed, dtype });
    const side = draw([0, 1]);
    const sign = where(greater(side, 0.5), negative(onesLike(side)), onesLike(side));
    const y = multiply(draw(this.yFactor), sign);
    const x = multiply(draw(this.xFactor), sign);
    return { x, y, batch, height, width };
  }
  protected override resample(images: Tensor, shear: Shear | null, interpolation: string): Tensor {
    if (!shear) return images;
    const { fillMode, fillValue, dataFormat } = this;
    const how = { interpolation: interpolation as 'nearest', fillMode, fillValue, dataFormat };
    return image.affineTransform(images, affineMaps(shear.batch, [1, shear.x, 0, shear.y, 1, 0]), how);
  }
  override transformBoundingBoxes(
    boxes: BoundingBoxes,
    shear: Shear | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    if (!isTraining(options) || !shear) return boxes;
    const [byX, byY] = [expandDims(shear.x, -1), expandDims(shear.y, -1)];
    return moveCorners(boxes, this, [shear, shear], (given) =>
      mapCorners(given, ([x1, y1, x2, y2]) => {
        const slide = (x: Tensor, by: Tensor, along: Tensor): Tensor => subtract(x, multiply(by, along));
        const isLeft = less(byX, 0);
        const left = where(isLeft, slide(x1, byX, y1), slide(x1, byX, y2));
        const right = where(isLeft, slide(x2, byX, y2), slide(x2, byX, y1));
        const isUp = greater(byY, 0);
        const top = where(isUp, slide(y1, byY, right), slide(y1, byY, left));
        const bottom = where(isUp, slide(y2, byY, left), slide(y2, byY, right));
        return [left, top, right, bottom];
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
