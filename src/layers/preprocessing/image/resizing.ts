import { isInteger } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { isPlainObject } from '../../../base/tree.ts';
import {
  add,
  all,
  cast,
  equal,
  expandDims,
  image,
  logicalOr,
  multiply,
  round,
  saturateCast,
  where,
  zerosLike,
} from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { BaseImagePreprocessingLayer, resizedShape } from './base-image-preprocessing-layer.ts';
import { mapCorners, moveCorners } from './boxes.ts';
import { imageFields } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';

const fields = {
  /** Height of the result, in pixels. */
  height: f.int({ min: 1 }),
  /** Width of the result, in pixels. */
  width: f.int({ min: 1 }),
  /** Interpolation method. */
  interpolation: f.oneOf(['bilinear', 'nearest', 'bicubic', 'lanczos3', 'lanczos5'], 'bilinear'),
  /** Whether images are first cropped to the aspect ratio of the result, so that they are not distorted. */
  cropToAspectRatio: f.bool(false),
  /** Whether images are first padded to the aspect ratio of the result. */
  padToAspectRatio: f.bool(false),
  /** How they are padded. */
  fillMode: f.oneOf(['constant'], 'constant'),
  /** What they are padded with. */
  fillValue: f.number({ initial: 0 }),
  /** Whether shrinking averages over all pixels that an output pixel covers. */
  antialias: f.bool(false),
  ...imageFields,
};
interface Sizes {
  readonly height: number;
  readonly width: number;
}

export interface Resizing extends Resolved<typeof fields> {}
/**
 * Resizes images: `[…, height, width, channels]`. Integers stay integers: they are rounded. Masks are resized without
 * mixing their values, boxes follow, and those of which nothing is left get the label -1.
 * @example new Resizing({ height: 2, width: 3 })(ops.ones([1, 4, 4, 3])).shape // [1, 2, 3, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/resizing/
 */
export class Resizing extends BaseImagePreprocessingLayer<typeof fields, Sizes> {
  static override readonly className = 'Resizing';
  static override readonly fields = fields;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    if (this.cropToAspectRatio && this.padToAspectRatio)
      fail(
        this,
        'cropToAspectRatio (crop_to_aspect_ratio) and padToAspectRatio (pad_to_aspect_ratio) are both set',
        'set one of them',
      );
  }
  /** The size of the incoming images. */
  override getRandomTransformation(data: Tensor | ImageData): Sizes {
    const { height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    return { height, width };
  }
  override transformImages(images: Tensor): Tensor {
    return this.resample(images, null, this.interpolation);
  }
  override transformSegmentationMasks(masks: Tensor): Tensor {
    return this.resample(masks, null, 'nearest');
  }
  protected override resample(images: Tensor, _: Sizes | null, interpolation: string): Tensor {
    const { antialias, cropToAspectRatio, padToAspectRatio, fillMode, fillValue, dataFormat } = this;
    const rest = { antialias, cropToAspectRatio, padToAspectRatio, fillMode, fillValue, dataFormat };
    // What is filled in makes whole numbers to floats in Keras, which are rounded in the end.
    const isPadded = padToAspectRatio && isInteger(images.dtype);
    const x = isPadded ? cast(images, 'float32') : images;
    const y = image.resize(x, [this.height, this.width], { interpolation: interpolation as 'nearest', ...rest });
    return isPadded ? saturateCast(round(y), images.dtype) : y;
  }
  override transformBoundingBoxes(boxes: BoundingBoxes, sizes: Sizes): BoundingBoxes {
    const isAll = (value: number): Tensor => all(equal(boxes.boxes, value), { axis: -1 });
    const isNone = expandDims(logicalOr(isAll(-1), isAll(0)), -1);
    const [[byX, x], [byY, y]] = this.#scales(sizes);
    const moved = moveCorners(boxes, this, [sizes, this], (given) =>
      mapCorners(given, (corners) => corners.map((c, k) => add(multiply(c, k % 2 ? byY : byX), k % 2 ? y : x))),
    );
    return { ...moved, boxes: where(isNone, zerosLike(moved.boxes), moved.boxes) };
  }
  /** Factor and shift along both axes, in float32 as Keras computes them. */
  #scales({ height, width }: Sizes): readonly [x: readonly [number, number], y: readonly [number, number]] {
    const float = Math.fround;
    if (this.padToAspectRatio) {
      const by = Math.min(float(this.height / height), float(this.width / width));
      const rest = (size: number, own: number): number => Math.floor(float(own - float(size * by)) / 2);
      return [
        [by, rest(width, this.width)],
        [by, rest(height, this.height)],
      ];
    }
    if (!this.cropToAspectRatio)
      return [
        [float(this.width / width), 0],
        [float(this.height / height), 0],
      ];
    const ratio = float(width / height);
    const isWide = ratio > float(this.width / this.height);
    const [wide, high] = isWide ? [float(this.height * ratio), this.height] : [this.width, float(this.width / ratio)];
    return [
      [float(wide / width), -Math.floor(float(wide - this.width) / 2)],
      [float(high / height), -Math.floor(float(high - this.height) / 2)],
    ];
  }
  /** The shape of images in the new size. */
  override computeOutputShape(shape: SymbolicShape | { readonly images: SymbolicShape }): SymbolicShape {
    return resizedShape(isPlainObject(shape) ? shape.images : shape, this);
  }

  static {
    ownLayer(this);
  }
}
