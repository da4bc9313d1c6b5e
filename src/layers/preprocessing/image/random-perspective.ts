import { f, type Resolved } from '../../../base/field/field.ts';
import { homographyOf } from '../../../ops/image/transform.ts';
import {
  add,
  concatenate,
  divide,
  expandDims,
  getItem,
  image,
  max,
  min,
  multiply,
  ones,
  where,
} from '../../../ops/index.ts';
import { SeedGenerator, uniform } from '../../../random/index.ts';
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
import { mapCorners, moveCorners } from './boxes.ts';
import { factorField, imageFields, interpolationField } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { chosen, forEachImage } from './values.ts';

const fields = {
  /** Range of the probability that an image is changed; `b` is `[0, b]`. */
  factor: factorField([0, 1], { initial: 1 }),
  /** How far corners move, as a fraction of the size; at 1 by half of it. */
  scale: f.number({ min: 0, max: 1, initial: 1 }),
  /** Interpolation method. */
  interpolation: interpolationField(),
  /** The value outside the image. */
  fillValue: f.number({ initial: 0 }),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Perspective {
  /** Which images are changed, `[n]`. */
  readonly applyPerspective: Tensor;
  /** Corners as (x, y), `[n, 4, 2]`, before and after. */
  readonly startPoints: Tensor;
  readonly endPoints: Tensor;
  readonly height: number;
  readonly width: number;
}

export interface RandomPerspective extends Resolved<typeof fields> {}
/**
 * Changes the perspective of some of the images, each in its own random way, along with masks and boxes. If `training`
 * is false, images are returned unchanged.
 * @example new RandomPerspective({ scale: 0.5, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_perspective/
 */
export class RandomPerspective extends BaseImagePreprocessingLayer<typeof fields, Perspective> {
  static override readonly className = 'RandomPerspective';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Perspective | null {
    if (!isTraining(options)) return null;
    const { batch, height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const [seed, dtype] = [this.seedFor(options), this.computeDtype];
    const applyPerspective = chosen(batch, this.factor, seed);
    const [minval, maxval] = [-0.5 * this.scale, 0.5 * this.scale];
    const share = uniform([batch, 4, 2], { minval, maxval, seed, dtype });
    const [right, bottom] = [width - 1, height - 1];
    const corners = tensor(
      [
        [
          [0, 0],
          [right, 0],
          [0, bottom],
          [right, bottom],
        ],
      ],
      { dtype },
    );
    const startPoints = multiply(corners, ones([batch, 1, 1], { dtype }));
    return { applyPerspective, startPoints, endPoints: add(startPoints, multiply(startPoints, share)), height, width };
  }
  protected override resample(images: Tensor, perspective: Perspective | null, interpolation: string): Tensor {
    if (!perspective) return images;
    const { applyPerspective, startPoints, endPoints } = perspective;
    const { fillValue, dataFormat } = this;
    const how = { interpolation: interpolation as 'nearest', fillValue, dataFormat };
    const moved = image.perspectiveTransform(images, startPoints, endPoints, how);
    return where(forEachImage(applyPerspective), moved, images);
  }
  override transformBoundingBoxes(
    boxes: BoundingBoxes,
    perspective: Perspective | null,
    options?: TransformOptions,
  ): BoundingBoxes {
    if (!isTraining(options) || !perspective) return boxes;
    const { applyPerspective, startPoints, endPoints } = perspective;
    const map = homographyOf(endPoints, startPoints);
    const of = (k: number): Tensor => expandDims(getItem(map, ['...', { slice: [k, k + 1] }]), -1);
    const place = (k: number, x: Tensor, y: Tensor): Tensor => add(multiply(of(k), x), multiply(of(k + 1), y));
    const isChosen = expandDims(expandDims(applyPerspective, -1), -1);
    return moveCorners(boxes, this, [perspective, perspective], (given) =>
      mapCorners(given, (corners) => {
        const [x1, y1, x2, y2] = corners;
        const points = [
          [x1, y1],
          [x2, y1],
          [x1, y2],
          [x2, y2],
        ].map(([x, y]) => {
          const depth = add(place(6, x, y), 1);
          return [0, 3].map((k) => divide(add(place(k, x, y), of(k + 2)), depth));
        });
        const [xs, ys] = [0, 1].map((k) =>
          concatenate(
            points.map((point) => point[k]),
            { axis: -1 },
          ),
        ) as [Tensor, Tensor];
        const [least, most] = [min, max].map((f) => [xs, ys].map((x) => f(x, { axis: -1, keepdims: true })));
        return [...least, ...most].map((x, k) => where(isChosen, x, corners[k]));
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
