import type { DataFormat } from '../../../base/config.ts';
import { fail, type Named } from '../../../base/errors.ts';
import { showShape } from '../../../base/shape.ts';
import type { Like, Tensor } from '../../../tensor/index.ts';

/** Boxes of an image `[boxes, 4]` or a batch `[n, boxes, 4]`, and what is in them: `[boxes]` or `[n, boxes]`. */
export interface BoundingBoxes {
  /** The four numbers of each box, in the layer's `boundingBoxFormat`. */
  readonly boxes: Tensor;
  /** Class numbers; -1 for a box that is none. */
  readonly labels: Tensor;
}
/**
 * Boxes as they may be given: if images have different numbers of boxes, as a list for each image, all of which become as long as
 * the longest has, padded with boxes of zeros and labels of -1.
 */
export interface GivenBoxes {
  readonly boxes: Like | readonly Like[];
  readonly labels: Like | readonly Like[];
}

/**
 * An image or a batch of images with what belongs to them. Boxes and masks may also have Python's keys, `bounding_boxes` and
 * `segmentation_masks`; the result has those that were given.
 */
export interface ImageData {
  /** One image `[height, width, channels]`, or a batch `[n, height, width, channels]`; channels first where the layer says so. */
  readonly images: Like;
  /** The labels of the images: one-hot `[n, classes]` for layers that mix images. */
  readonly labels?: Like | undefined;
  /** Boxes that go with the images: `boxes` `[n, boxes, 4]` and `labels` `[n, boxes]`. */
  readonly boundingBoxes?: GivenBoxes | undefined;
  /** Masks in the form of the images. */
  readonly segmentationMasks?: Like | undefined;
}
/** The result for image data: the same keys, with tensors. */
export type Augmented<D> = {
  readonly [K in keyof D]: K extends 'images' | 'labels' | 'segmentationMasks' | 'segmentation_masks'
    ? Tensor
    : K extends 'boundingBoxes' | 'bounding_boxes'
      ? BoundingBoxes
      : D[K];
};

/** The images among data. */
export const imagesOf = (data: Tensor | { readonly images: Like }): Tensor =>
  'images' in data ? (data.images as Tensor) : (data as Tensor);

/** The sizes of an image or a batch; `batch` is 1 for one image. */
export interface Sizes {
  readonly isBatch: boolean;
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
/** Whether images are a batch; other ranks than 3 and 4 are refused. */
export function isBatch(who: Named, images: Tensor): boolean {
  const rank = images.shape.length;
  if (rank !== 3 && rank !== 4)
    fail(
      who,
      `images have rank ${rank}, shape ${showShape(images.shape)}`,
      'give one image [height, width, channels] or a batch of them [n, height, width, channels]',
    );
  return rank === 4;
}
export function sizesOf(who: Named, images: Tensor, dataFormat: DataFormat): Sizes {
  const { shape } = images;
  const batched = isBatch(who, images);
  const [height, width] = dataFormat === 'channels_first' ? shape.slice(-2) : shape.slice(-3, -1);
  const channels = dataFormat === 'channels_first' ? shape.at(-3)! : shape.at(-1)!;
  return { isBatch: batched, batch: batched ? shape[0] : 1, height: height, width: width, channels };
}
/** The axes of height, width and channels, counted from the end. */
export const axesOf = (dataFormat: DataFormat): { height: number; width: number; channels: number } =>
  dataFormat === 'channels_first' ? { height: -2, width: -1, channels: -3 } : { height: -3, width: -2, channels: -1 };
