import { fail } from '../../base/errors.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { pad } from '../../primitives/movement.ts';
import { part } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { imageAxes } from './resize.ts';

type Size = number | null | undefined;
interface TargetOptions {
  /** Height of the result, in pixels. */
  readonly targetHeight?: Size;
  /** Width of the result, in pixels. */
  readonly targetWidth?: Size;
  /** Whether channels are the last axis or follow the batch; `config.imageDataFormat()` by default. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | null | undefined;
}
/** Amounts before and after an axis, two of amount before, amount after, and target size being given. */
function amounts(
  who: string,
  words: readonly [string, string, string],
  [before, after, target]: readonly [Size, Size, Size],
  rest: (target: number) => number,
): [number, number] {
  const given = [before, after, target].filter((n) => n !== undefined && n !== null).length;
  if (given !== 2) fail(who, `${given} of ${words.join(', ')} are given`, 'give exactly two of them');
  const total = target === undefined || target === null ? undefined : rest(target);
  const low = before ?? total! - after!;
  const high = after ?? total! - low;
  if (low < 0 || high < 0)
    fail(who, `${words[0]} is ${low}, ${words[1]} is ${high}`, 'give amounts and a size that leave both at 0 or more');
  return [low, high];
}
export interface PadImagesOptions extends TargetOptions {
  /** Rows of zeros above the image. */
  readonly topPadding?: Size;
  /** Columns of zeros to its left. */
  readonly leftPadding?: Size;
  /** Rows of zeros below it. */
  readonly bottomPadding?: Size;
  /** Columns of zeros to its right. */
  readonly rightPadding?: Size;
}
/** Images with zeros around them, by amounts or to a target size. @example image.padImages(ones([1, 1, 1]), { topPadding: 1, bottomPadding: 0, leftPadding: 0, rightPadding: 0 }).shape // [2, 1, 1] */
export const padImages = op(
  'padImages',
  (images: Tensor, o: PadImagesOptions = {}) => {
    const axes = imageAxes('image.padImages', images, o.dataFormat);
    const [height, width] = [images.shape[axes.height], images.shape[axes.width]];
    const [top, bottom] = amounts(
      'image.padImages',
      ['topPadding', 'bottomPadding', 'targetHeight'],
      [o.topPadding, o.bottomPadding, o.targetHeight],
      (n) => n - height,
    );
    const [left, right] = amounts(
      'image.padImages',
      ['leftPadding', 'rightPadding', 'targetWidth'],
      [o.leftPadding, o.rightPadding, o.targetWidth],
      (n) => n - width,
    );
    const side = (h: number, w: number): number[] =>
      images.shape.map((_, d) => (d === axes.height ? h : d === axes.width ? w : 0));
    return pad(images, { low: side(top, left), high: side(bottom, right), inner: side(0, 0), value: 0 });
  },
  ['tensor'],
  {
    topPadding: true,
    leftPadding: true,
    bottomPadding: true,
    rightPadding: true,
    targetHeight: true,
    targetWidth: true,
    dataFormat: true,
  },
);
export interface CropImagesOptions extends TargetOptions {
  /** Rows cut off at the top. */
  readonly topCropping?: Size;
  /** Columns cut off at the left. */
  readonly leftCropping?: Size;
  /** Rows cut off at the bottom. */
  readonly bottomCropping?: Size;
  /** Columns cut off at the right. */
  readonly rightCropping?: Size;
}
/** Images with their borders cut off, by amounts or to a target size. @example image.cropImages(ones([3, 3, 1]), { topCropping: 1, bottomCropping: 0, leftCropping: 0, targetWidth: 2 }).shape // [2, 2, 1] */
export const cropImages = op(
  'cropImages',
  (images: Tensor, o: CropImagesOptions = {}) => {
    const axes = imageAxes('image.cropImages', images, o.dataFormat);
    const [height, width] = [images.shape[axes.height], images.shape[axes.width]];
    const [top, bottom] = amounts(
      'image.cropImages',
      ['topCropping', 'bottomCropping', 'targetHeight'],
      [o.topCropping, o.bottomCropping, o.targetHeight],
      (n) => height - n,
    );
    const [left, right] = amounts(
      'image.cropImages',
      ['leftCropping', 'rightCropping', 'targetWidth'],
      [o.leftCropping, o.rightCropping, o.targetWidth],
      (n) => width - n,
    );
    if (top + bottom > height || left + right > width)
      fail('image.cropImages', `nothing is left of ${height} x ${width}`, 'cut off less');
    return part(part(images, axes.height, top, height - bottom), axes.width, left, width - right);
  },
  ['tensor'],
  {
    topCropping: true,
    leftCropping: true,
    bottomCropping: true,
    rightCropping: true,
    targetHeight: true,
    targetWidth: true,
    dataFormat: true,
  },
);
