import { f, type Resolved } from '../../../base/field/field.ts';
import { add, divide, expandDims, image, maximum, minimum, multiply, subtract } from '../../../ops/index.ts';
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
import { fillModeField, imageFields, interpolationField, spreadOf, zoomField } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { affineMaps } from './matrices.ts';

const fields = {
  /** How much more of the height is visible: `0.2` is from 20% less (larger things) to 20% more (smaller things), a pair the range. */
  heightFactor: zoomField(),
  /** How much more of the width is visible; null keeps the aspect ratio. */
  widthFactor: f.nullable(zoomField()),
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
interface Zoom {
  /** Fraction of height and width that is visible, `[n, 1]`. */
  readonly heightZoom: Tensor;
  readonly widthZoom: Tensor;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

export interface RandomZoom extends Resolved<typeof fields> {}
/**
 * Zooms images in or out around their centre, each by factors of its own, along with masks and boxes. If
 * `training` is false, images are returned unchanged.
 * @example new RandomZoom({ heightFactor: 0.2, seed: 1 })(ops.ones([2, 4, 4, 3])).shape // [2, 4, 4, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/
 */
export class RandomZoom extends BaseImagePreprocessingLayer<typeof fields, Zoom> {
  static override readonly className = 'RandomZoom';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  /** The lower end of the range that `heightFactor` names: with `0.2`, -0.2. */
  get heightLower(): number {
    return spreadOf(this.heightFactor)[0];
  }
  /** The upper end of the range that `heightFactor` names: with `0.2`, 0.2. */
  get heightUpper(): number {
    return spreadOf(this.heightFactor)[1];
  }
  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Zoom | null {
    if (!isTraining(options)) return null;
    const { batch, height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const seed = this.seedFor(options);
    const draw = (low: number, high: number): Tensor =>
      uniform([batch, 1], { minval: 1 + low, maxval: 1 + high, seed });
    const heightZoom = draw(this.heightLower, this.heightUpper);
    const widthZoom = this.widthFactor === null ? heightZoom : draw(...spreadOf(this.widthFactor));
    return { heightZoom, widthZoom, batch, height, width };
  }
  protected override resample(images: Tensor, zoom: Zoom | null, interpolation: string): Tensor {
    if (!zoom) return images;
    const { fillMode, fillValue, dataFormat } = this;
    const how = { interpolation: interpolation as 'nearest', fillMode, fillValue, dataFormat };
    const [x, y] = offsets(zoom);
    return image.affineTransform(images, affineMaps(zoom.batch, [zoom.widthZoom, 0, x, 0, zoom.heightZoom, y]), how);
  }
  override transformBoundingBoxes(boxes: BoundingBoxes, zoom: Zoom | null, options?: TransformOptions): BoundingBoxes {
    if (!isTraining(options) || !zoom) return boxes;
    const [left, top] = offsets(zoom).map((x) => expandDims(x, -1)) as [Tensor, Tensor];
    const [seenWidth, seenHeight] = [multiply(zoom.widthZoom, zoom.width), multiply(zoom.heightZoom, zoom.height)].map(
      (x) => expandDims(x, -1),
    ) as [Tensor, Tensor];
    const along = (x: Tensor, start: Tensor, seen: Tensor, size: number): Tensor =>
      multiply(divide(subtract(minimum(maximum(x, start), add(start, seen)), start), seen), size);
    return moveCorners(boxes, this, [zoom, zoom], (given) =>
      mapCorners(given, (corners) =>
        corners.map((x, k) => (k % 2 ? along(x, top, seenHeight, zoom.height) : along(x, left, seenWidth, zoom.width))),
      ),
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
/** The start of the visible window, along x and y. */
const offsets = ({ height, width, heightZoom, widthZoom }: Zoom): [Tensor, Tensor] => [
  multiply(subtract(1, widthZoom), (width - 1) / 2),
  multiply(subtract(1, heightZoom), (height - 1) / 2),
];
