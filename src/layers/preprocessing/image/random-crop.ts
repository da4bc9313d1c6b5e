import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { isPlainObject } from '../../../base/tree.ts';
import { cast, divide, image, multiply, subtract } from '../../../ops/index.ts';
import { defaultSeed } from '../../../random/global-seed.ts';
import { SeedGenerator, uniform } from '../../../random/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import { inner } from '../../layer/inner.ts';
import type { LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { seedField } from '../../regularization/fields.ts';
import {
  BaseImagePreprocessingLayer,
  isTraining,
  resizedShape,
  type TransformationOptions,
  type TransformOptions,
} from './base-image-preprocessing-layer.ts';
import { mapCorners, moveCorners } from './boxes.ts';
import { imageFields } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { middleOf, partOf, type Window } from './windows.ts';

const fields = {
  /** Height of the result, in pixels. */
  height: f.int({ min: 1 }),
  /** Width of the result, in pixels. */
  width: f.int({ min: 1 }),
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
  ...imageFields,
};
interface Crop extends Window {
  /** Size of the incoming images. */
  readonly from: { readonly height: number; readonly width: number };
}

export interface RandomCrop extends Resolved<typeof fields> {}
/**
 * A crop at a random place, the same for the whole batch: `[…, height, width, channels]`. Images that are not larger in
 * both directions are centre-cropped and resized. If `training` is false, images are returned unchanged.
 * @example new RandomCrop({ height: 2, width: 2, seed: 1 })(ops.ones([1, 4, 4, 3])).shape // [1, 2, 2, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_crop/
 */
export class RandomCrop extends BaseImagePreprocessingLayer<typeof fields, Crop> {
  static override readonly className = 'RandomCrop';
  static override readonly fields = fields;
  /** Where it takes its random numbers from, beginning at `seed`. */
  readonly generator = new SeedGenerator({ seed: this.seed });

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    // Its config holds a seed in any case, as Keras's does.
    this[inner].options = { ...this[inner].options, seed: this.seed ?? defaultSeed() };
  }
  override getRandomTransformation(data: Tensor | ImageData, options?: TransformationOptions): Crop {
    const { height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    const from = { height, width };
    if (isTraining(options) && height > this.height && width > this.width) {
      const seed = this.seedFor(options);
      const start = (rest: number): Tensor => cast(uniform([], { maxval: rest + 1, seed }), 'int32');
      const [top, left] = [start(height - this.height), start(width - this.width)];
      return { top, left, height: this.height, width: this.width, from };
    }
    const { top, left } = middleOf(from, this);
    return {
      top,
      left,
      height: Math.min(this.height, height - top),
      width: Math.min(this.width, width - left),
      from,
    };
  }
  override transformImages(images: Tensor, crop: Crop, options?: TransformOptions): Tensor {
    return isTraining(options) ? this.resample(images, crop, 'bilinear') : images;
  }
  protected override resample(images: Tensor, crop: Crop, interpolation: string): Tensor {
    const part = partOf(cast(images, this.computeDtype), this.dataFormat, crop);
    if (crop.height === this.height && crop.width === this.width) return part;
    const options = { interpolation: interpolation as 'nearest', dataFormat: this.dataFormat };
    return image.resize(part, [this.height, this.width], options);
  }
  override transformBoundingBoxes(boxes: BoundingBoxes, crop: Crop, options?: TransformOptions): BoundingBoxes {
    if (!isTraining(options)) return boxes;
    const along = (x: Tensor, start: number | Tensor, size: number, result: number): Tensor =>
      divide(multiply(subtract(x, typeof start === 'number' ? start : cast(start, x.dtype)), result), size);
    return moveCorners(boxes, this, [crop.from, this], (given) =>
      mapCorners(given, (corners) =>
        corners.map((c, k) =>
          k % 2 ? along(c, crop.top, crop.height, this.height) : along(c, crop.left, crop.width, this.width),
        ),
      ),
    );
  }
  /** The shape of the crop. */
  override computeOutputShape(shape: SymbolicShape | { readonly images: SymbolicShape }): SymbolicShape {
    return resizedShape(isPlainObject(shape) ? shape.images : shape, this);
  }

  static {
    ownLayer(this);
  }
}
