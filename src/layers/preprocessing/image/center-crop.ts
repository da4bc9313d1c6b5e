import { f, type Resolved } from '../../../base/field/field.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { isPlainObject } from '../../../base/tree.ts';
import { cast, image, maximum, minimum, multiply, subtract } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import { ownLayer } from '../../own-layer.ts';
import { BaseImagePreprocessingLayer, resizedShape } from './base-image-preprocessing-layer.ts';
import { mapCorners, moveCorners } from './boxes.ts';
import { imageFields } from './fields.ts';
import { type BoundingBoxes, type ImageData, imagesOf, sizesOf } from './image-data.ts';
import { middleOf, partOf } from './windows.ts';

const fields = {
  /** Height of the result, in pixels. */
  height: f.int({ min: 1 }),
  /** Width of the result, in pixels. */
  width: f.int({ min: 1 }),
  ...imageFields,
};
interface Sizes {
  readonly height: number;
  readonly width: number;
}

export interface CenterCrop extends Resolved<typeof fields> {}
/**
 * Crops the centre of images, `[…, height, width, channels]`. If an image is smaller, its largest centred part with the
 * aspect ratio of the result is resized. Boxes of which nothing is left get the label -1.
 * @example new CenterCrop({ height: 2, width: 3 })(ops.ones([1, 4, 4, 3])).shape // [1, 2, 3, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/image_preprocessing/center_crop/
 */
export class CenterCrop extends BaseImagePreprocessingLayer<typeof fields, Sizes> {
  static override readonly className = 'CenterCrop';
  static override readonly fields = fields;

  /** The size of the incoming images. */
  override getRandomTransformation(data: Tensor | ImageData): Sizes {
    const { height, width } = sizesOf(this, imagesOf(data as Tensor), this.dataFormat);
    return { height, width };
  }
  override transformImages(images: Tensor): Tensor {
    const x = cast(images, this.computeDtype);
    const { height, width } = sizesOf(this, x, this.dataFormat);
    const [top, left] = [Math.floor((height - this.height) / 2), Math.floor((width - this.width) / 2)];
    if (top >= 0 && left >= 0) return partOf(x, this.dataFormat, { top, left, height: this.height, width: this.width });
    return image.resize(x, [this.height, this.width], { cropToAspectRatio: true, dataFormat: this.dataFormat });
  }
  override transformSegmentationMasks(masks: Tensor): Tensor {
    return this.transformImages(masks);
  }
  override transformBoundingBoxes(boxes: BoundingBoxes, sizes: Sizes): BoundingBoxes {
    const isSmaller = sizes.height < this.height || sizes.width < this.width;
    const part = isSmaller
      ? middleOf(sizes, this)
      : {
          top: Math.trunc((sizes.height - this.height) / 2),
          left: Math.trunc((sizes.width - this.width) / 2),
          height: this.height,
          width: this.width,
        };
    const along = (x: Tensor, start: number, size: number, result: number): Tensor =>
      multiply(subtract(minimum(maximum(x, start), start + size), start), result / size);
    return moveCorners(boxes, this, [sizes, this], (given) =>
      mapCorners(given, (corners) =>
        corners.map((c, k) =>
          k % 2 ? along(c, part.top, part.height, this.height) : along(c, part.left, part.width, this.width),
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
