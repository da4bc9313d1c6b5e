import type { DataFormat } from '../../../base/config.ts';
import { getItem, slice } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import { axesOf } from './image-data.ts';

interface Size {
  readonly height: number;
  readonly width: number;
}
/** A part of an image. */
export interface Window extends Size {
  readonly top: number | Tensor;
  readonly left: number | Tensor;
}

/** The largest part of an image's middle that has the aspect ratio of a size. */
export function middleOf(from: Size, to: Size): Window & { readonly top: number; readonly left: number } {
  const height = Math.max(Math.min(from.height, Math.trunc((from.width * to.height) / to.width)), 1);
  const width = Math.max(Math.min(from.width, Math.trunc((from.height * to.width) / to.height)), 1);
  return { top: Math.trunc((from.height - height) / 2), left: Math.trunc((from.width - width) / 2), height, width };
}

/** A part of images. */
export function partOf(images: Tensor, dataFormat: DataFormat, { top, left, height, width }: Window): Tensor {
  const { shape } = images;
  const axes = axesOf(dataFormat);
  const at = <T>(onHeight: T, onWidth: T, other: (n: number) => T): T[] =>
    shape.map((n, d) =>
      d - shape.length === axes.height ? onHeight : d - shape.length === axes.width ? onWidth : other(n),
    );
  if (typeof top === 'number' && typeof left === 'number')
    return getItem(
      images,
      at<[number, number]>([top, top + height], [left, left + width], (n) => [0, n]).map((range) => ({ slice: range })),
    );
  return slice(
    images,
    at<number | Tensor>(top, left, () => 0) as never,
    at(height, width, (n) => n),
  );
}
