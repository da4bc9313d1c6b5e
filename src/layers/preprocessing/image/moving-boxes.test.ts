import { expect, test } from 'vitest';
import { max, min, ones, zeros } from '../../../ops/index.ts';
import { type Tensor, tensor } from '../../../tensor/index.ts';
import { registerLayers } from '../../register.ts';
import {
  RandAugment,
  RandomCrop,
  RandomFlip,
  RandomPerspective,
  RandomRotation,
  RandomShear,
  RandomTranslation,
  RandomZoom,
} from './index.ts';

registerLayers();

const [height, width] = [40, 60];
/** A dark image with a bright rectangle, and the box around it. */
function scene() {
  const pixels = new Float32Array(height * width);
  for (let y = 14; y < 26; y++) for (let x = 22; x < 38; x++) pixels[y * width + x] = 1;
  const images = tensor(pixels, { shape: [1, height, width, 1] });
  return {
    images,
    boundingBoxes: { boxes: tensor([[[22, 14, 16, 12]]], { dtype: 'float32' }), labels: tensor([[3]]) },
    segmentationMasks: images,
  };
}
/** Left, top, width and height of what is bright. */
async function brightBox(images: Tensor): Promise<number[]> {
  const pixels = await images.array<4>();
  const bright = pixels[0]!.flatMap((row, y) => row.flatMap(([v], x) => (v! > 0.5 ? [[x, y]] : [])));
  const [xs, ys] = [bright.map(([x]) => x!), bright.map(([, y]) => y!)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) + 1 - left, Math.max(...ys) + 1 - top];
}
const outside = { fillMode: 'constant', seed: 5, boundingBoxFormat: 'xywh' } as const;

// Keras gives boxes in other places, or in another format, for most of these.
test.each([
  ['RandomCrop', new RandomCrop({ height: 32, width: 50, seed: 3, boundingBoxFormat: 'xywh' })],
  ['RandomFlip', new RandomFlip({ seed: 2, boundingBoxFormat: 'xywh' })],
  ['RandomRotation', new RandomRotation({ factor: [0.08, 0.1], ...outside })],
  ['RandomTranslation', new RandomTranslation({ heightFactor: 0.2, widthFactor: 0.2, ...outside })],
  ['RandomZoom', new RandomZoom({ heightFactor: [0.3, 0.4], widthFactor: [-0.3, -0.2], ...outside })],
  ['RandomShear', new RandomShear({ xFactor: [0.2, 0.4], ...outside })],
  ['RandomPerspective', new RandomPerspective({ scale: 0.3, seed: 5, boundingBoxFormat: 'xywh' })],
])('boxes and masks of %s lie where the image shows what is in them', async (_, layer) => {
  for (const __ of [0, 1]) {
    const { images, boundingBoxes, segmentationMasks } = layer(scene());
    const [box] = (await boundingBoxes.boxes.array())[0]!;
    const seen = await brightBox(images);
    box!.forEach((x, k) => {
      expect(Math.abs(x - seen[k]!), `${box} for ${seen}`).toBeLessThan(2.1);
    });
    const masked = await brightBox(segmentationMasks);
    masked.forEach((x, k) => {
      expect(Math.abs(x - seen[k]!)).toBeLessThan(1.1);
    });
    expect(await boundingBoxes.labels.array()).toEqual([[3]]);
  }
});

test('RandAugment moves boxes with the images', async () => {
  const layer = new RandAugment({ valueRange: [0, 1], factor: 0.1, seed: 11, boundingBoxFormat: 'xywh' });
  expect(layer.randomShear.boundingBoxFormat).toBe('xywh');
  const { boundingBoxes } = layer(scene());
  expect(boundingBoxes.boxes.shape).toEqual([1, 1, 4]);
  const first = new RandAugment({ dataFormat: 'channels_first', seed: 1 });
  expect(first.equalization.dataFormat).toBe('channels_first');
});

test('images stay within their range, and training decides', async () => {
  const images = ones([2, 8, 8, 3]);
  const layer = new RandomZoom({ heightFactor: 0.3, seed: 1 });
  expect(await layer(images, { training: false }).array()).toEqual(await images.array());
  expect(await max(layer(zeros([2, 8, 8, 3]))).item()).toBe(0);
  expect(await min(layer(images)).item()).toBeCloseTo(1);
});

test('what is no image, and boxes without a format, are refused', () => {
  const layer = new RandomFlip({ seed: 1 });
  expect(() => layer(ones([4, 4]))).toThrow(/RandomFlip[\s\S]*rank 2[\s\S]*one image/);
  expect(() => layer(scene())).toThrow(/bounding_box_format[\s\S]*Fix: /);
  expect(() => layer({ images: ones([1, 4, 4, 1]), boundingBoxes: ones([1, 1, 4]) } as never)).toThrow(
    /\{ boxes, labels \}/,
  );
  expect(() => new RandomRotation({ factor: [1.5, 2] })).toThrow(/factor[\s\S]*\[-1, 1\][\s\S]*1\.5/);
  expect(() => new RandomFlip({ mode: 'sideways' as never })).toThrow(/mode/);
});

test('takes a list of boxes for each image, of different lengths, and fills up with boxes that are none', async () => {
  const images = zeros([3, 8, 10, 1]);
  const layer = new RandomFlip({ mode: 'horizontal', seed: 3, boundingBoxFormat: 'xyxy' });
  const boxes = [
    [[1, 2, 3, 4]],
    [],
    [
      [0, 0, 5, 5],
      [2, 2, 9, 8],
    ],
  ];
  const labels = [[7], [], [1, 2]];
  const dense = {
    boxes: [
      [
        [1, 2, 3, 4],
        [0, 0, 0, 0],
      ],
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
      [
        [0, 0, 5, 5],
        [2, 2, 9, 8],
      ],
    ],
    labels: [
      [7, -1],
      [-1, -1],
      [1, 2],
    ],
  };
  const found = layer({ images, boundingBoxes: { boxes, labels } }, { training: false }).boundingBoxes;
  expect(await found.boxes.array()).toEqual(dense.boxes);
  expect(await found.labels.array()).toEqual(dense.labels);
  expect(found.labels.dtype).toBe('int32');
  const asTensors = {
    boxes: [
      tensor([[1, 2, 3, 4]]),
      tensor([
        [0, 0, 5, 5],
        [2, 2, 9, 8],
      ]),
    ],
    labels: [tensor([7]), tensor([1, 2])],
  };
  const two = layer({ images: zeros([2, 8, 10, 1]), boundingBoxes: asTensors }, { training: false }).boundingBoxes;
  expect(await two.labels.array()).toEqual([
    [7, -1],
    [1, 2],
  ]);
  expect(() => layer({ images, boundingBoxes: { boxes, labels: [[7], [1], [1, 2]] } })).toThrow(
    /image 1 has 0 boxes and 1 labels/,
  );
  expect(() => layer({ images, boundingBoxes: { boxes, labels: [[7], []] } })).toThrow(
    /for each of 3 images, and labels for 2/,
  );
});
