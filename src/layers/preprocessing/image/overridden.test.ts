import { expect, test } from 'vitest';
import { add, arange, getItem, multiply, reshape, roll, subtract } from '../../../ops/index.ts';
import { type Tensor, tensor } from '../../../tensor/index.ts';
import { registerLayers } from '../../register.ts';
import {
  BaseImagePreprocessingLayer,
  type TransformationOptions,
  type TransformOptions,
} from './base-image-preprocessing-layer.ts';
import type { BoundingBoxes, ImageData } from './image-data.ts';
import { ContrastLimitedAdaptiveHistogramEqualization } from './index.ts';

registerLayers();

interface Drawn {
  share: number;
  rank: number;
}
/** All that can be overridden: images and masks roll one pixel to the left, the rest shows what was drawn. */
class Rolled extends BaseImagePreprocessingLayer {
  static override readonly className: string = 'Rolled';
  override getRandomTransformation(data: Tensor | ImageData, { training = true }: TransformationOptions = {}) {
    const images = (data as ImageData).images ?? data;
    return training ? { share: 0.5, rank: (images as Tensor).shape.length } : null;
  }
  override transformImages(images: Tensor, drawn: Drawn | null, _options?: TransformOptions): Tensor {
    return drawn ? multiply(roll(images, -1, { axis: -2 }), drawn.share) : images;
  }
  override transformLabels(labels: Tensor, drawn: Drawn | null): Tensor {
    return drawn ? multiply(labels, drawn.share) : labels;
  }
  override transformBoundingBoxes({ boxes, labels }: BoundingBoxes, drawn: Drawn | null): BoundingBoxes {
    return drawn
      ? { boxes: subtract(boxes, tensor([1, 0, 1, 0])), labels: add(labels, drawn.rank) }
      : { boxes, labels };
  }
  override transformSegmentationMasks(
    masks: Tensor,
    _drawn: Drawn | null,
    { training }: TransformOptions = {},
  ): Tensor {
    return training ? roll(masks, -1, { axis: -2 }) : masks;
  }
}
const images = reshape(arange(24, undefined, 1, { dtype: 'float32' }), [2, 2, 3, 2]);
const batch = () => ({
  images,
  labels: tensor([
    [1, 0],
    [0, 1],
  ]),
  boundingBoxes: { boxes: tensor([[[1, 0, 3, 2]], [[2, 1, 3, 2]]]), labels: tensor([[4], [5]], { dtype: 'int32' }) },
  segmentationMasks: reshape(arange(12, undefined, 1, { dtype: 'float32' }), [2, 2, 3, 1]),
});
const second = () => {
  const { images, labels, boundingBoxes, segmentationMasks } = batch();
  const of = (x: Tensor): Tensor => getItem(x, 1);
  return {
    images: of(images),
    labels: of(labels),
    boundingBoxes: { boxes: of(boundingBoxes.boxes), labels: of(boundingBoxes.labels) },
    segmentationMasks: of(segmentationMasks),
  };
};
const flat = (x: Tensor): number[] => Array.from(x.dataSync(), Number);
const values = ({
  images,
  labels,
  boundingBoxes: { boxes, labels: kinds },
  segmentationMasks,
}: ReturnType<typeof batch>) => [images, labels, boxes, kinds, segmentationMasks].map(flat);

// The numbers of Keras 3.15.1 for the same class in Python.
const rolled = [1, 1.5, 2, 2.5, 0, 0.5, 4, 4.5, 5, 5.5, 3, 3.5, 7, 7.5, 8, 8.5, 6, 6.5, 10, 10.5, 11, 11.5, 9, 9.5];
test('overridden methods move a batch, one image, or nothing but images, as in Keras', () => {
  const layer = new Rolled({ boundingBoxFormat: 'xyxy' });
  expect(values(layer(batch()))).toEqual([
    rolled,
    [0.5, 0, 0, 0.5],
    [0, 0, 2, 2, 1, 1, 2, 2],
    [8, 9],
    [1, 2, 0, 4, 5, 3, 7, 8, 6, 10, 11, 9],
  ]);
  expect(values(layer(second()))).toEqual([rolled.slice(12), [0, 0.5], [1, 1, 2, 2], [8], [7, 8, 6, 10, 11, 9]]);
  for (const given of [batch, second]) expect(values(layer(given(), { training: false }))).toEqual(values(given()));
  expect(flat(layer(images))).toEqual(rolled);
  expect(flat(layer(second().images))).toEqual(rolled.slice(12));
  expect(layer.getConfig()).toMatchObject({ data_format: 'channels_last', bounding_box_format: 'xyxy' });
});

/** It says what becomes of images alone. */
class Half extends BaseImagePreprocessingLayer {
  static override readonly className: string = 'Half';
  override transformImages(images: Tensor): Tensor {
    return multiply(images, 0.5);
  }
}
test('what a class says nothing of is refused, where Keras raises NotImplementedError; labels stay', () => {
  const layer = new Half({ boundingBoxFormat: 'xyxy' });
  const { labels, boundingBoxes, segmentationMasks } = batch();
  expect(() => layer({ images, boundingBoxes })).toThrow(/Half.* cannot move bounding boxes.*transformBoundingBoxes/s);
  expect(() => layer({ images, segmentationMasks })).toThrow(
    /Half.* cannot move segmentation masks.*transformSegmentationMasks/s,
  );
  expect(flat(layer({ images, segmentationMasks }, { training: false }).segmentationMasks)).toEqual(
    flat(segmentationMasks),
  );
  expect(flat(layer({ images, labels }).labels)).toEqual([1, 0, 0, 1]);
});

test('equalizing moves no pixels: labels, boxes and masks stay, which Keras refuses', () => {
  const layer = new ContrastLimitedAdaptiveHistogramEqualization({ tileGridSize: [1, 1], boundingBoxFormat: 'xyxy' });
  expect(values(layer(batch())).slice(1)).toEqual(values(batch()).slice(1));
});
