import { expect, test } from 'vitest';
import { gradientsOf, tensor, withHistory } from '../../tensor/index.ts';
import { sum } from '../numpy/reduce.ts';
import { boxFormats, clipToImageSize, convertFormat, decodeDeltasToBoxes, encodeBoxToDeltas } from './box-formats.ts';
import { boxCiou, boxDiou, boxGiou, boxIou, pairwiseIou } from './box-overlap.ts';
import { nonMaxSuppression } from './non-max-suppression.ts';

test('overlaps of boxes are what the formulas say', async () => {
  expect(await boxIou([0, 0, 2, 2], [1, 0, 3, 2]).item()).toBeCloseTo(1 / 3, 6);
  expect(await boxGiou([0, 0, 1, 1], [2, 0, 3, 1]).item()).toBeCloseTo(-1 / 3, 6);
  expect(await boxDiou([0, 0, 1, 1], [2, 0, 3, 1]).item()).toBeCloseTo(-4 / 10, 6);
  const penalty = (4 / Math.PI ** 2) * (Math.atan(2) - Math.atan(1)) ** 2;
  const iou = 0.5;
  expect(await boxCiou([0, 0, 2, 1], [0, 0, 2, 2]).item()).toBeCloseTo(
    iou - 0.25 / 8 - (penalty / (1 - iou + penalty)) * penalty,
    5,
  );
  expect(
    await pairwiseIou(
      [[0, 0, 1, 1]],
      [
        [0, 0, 1, 1],
        [1, 1, 2, 2],
      ],
    ).array(),
  ).toEqual([[1, 0]]);
});

test('the complete IoU has a finite gradient, also for boxes that do not meet', async () => {
  const boxes = tensor(
    [
      [0, 0, 2, 1],
      [4, 4, 5, 6],
    ],
    { dtype: 'float32' },
  );
  const value = withHistory(() =>
    sum(
      boxCiou(
        boxes,
        tensor(
          [
            [0, 0, 2, 2],
            [0, 0, 1, 1],
          ],
          { dtype: 'float32' },
        ),
      ),
    ),
  );
  const data = await gradientsOf(value, [boxes])[0]!.data();
  expect([...data].every(Number.isFinite)).toBe(true);
  expect(data.some((x) => x !== 0)).toBe(true);
});

test('suppression keeps the best of overlapping boxes of one class', async () => {
  const boxes = [
    [
      [0, 0, 2, 2],
      [0, 0, 2, 1.9],
      [5, 5, 6, 6],
      [0, 0, 2, 2.1],
    ],
  ];
  const scores = [[0.9, 0.8, 0.7, 0.6]];
  const all = nonMaxSuppression(boxes, scores, { maxDetections: 4 });
  expect(await all.num_detections.array()).toEqual([2]);
  expect(await all.labels.array()).toEqual([[0, 0, -1, -1]]);
  const byClass = nonMaxSuppression(boxes, scores, { maxDetections: 3, labels: tensor([[1, 2, 1, 1]]) });
  expect(await byClass.labels.array()).toEqual([[1, 2, 1]]);
  expect((await byClass.confidence.data()).map((x) => Math.round(x * 10))).toEqual(Float32Array.of(9, 8, 7));
});

test('soft suppression weakens overlapping boxes of one class as the paper says', async () => {
  const boxes = [
    [
      [0, 0, 2, 2],
      [0, 0, 2, 1],
      [1, 0, 3, 2],
      [5, 5, 6, 6],
    ],
  ];
  const scores = [[0.9, 0.8, 0.5, 0.45]];
  const soft = nonMaxSuppression(boxes, scores, { softSigma: 0.5, maxDetections: 4 });
  const decay = (iou: number) => Math.exp((-iou * iou) / 0.5);
  // Overlaps: 1/2 and 1/3 with the first, 1/5 between the second and the third.
  const expected = [0.9, 0.8 * decay(1 / 2), 0.45, 0.5 * decay(1 / 3) * decay(1 / 5)];
  (await soft.confidence.data()).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 5));
  expect(await soft.num_detections.array()).toEqual([4]);
  const pruned = nonMaxSuppression(boxes, scores, { softSigma: 0.5, scoreThreshold: 0.44, maxDetections: 3 });
  expect(await pruned.num_detections.array()).toEqual([3]);
  const labels = tensor([[0, 1, 2, 0]]);
  const byClass = nonMaxSuppression(boxes, scores, { softSigma: 0.5, maxDetections: 4, labels });
  (await byClass.confidence.data()).forEach((x, i) => expect(x).toBeCloseTo(scores[0]![i]!, 6));
  const none = nonMaxSuppression(boxes, [[0, 0, 0.3, 0]], { softSigma: 0.5, maxDetections: 3 });
  expect(await none.labels.array()).toEqual([[0, -1, -1]]);
  expect(() => nonMaxSuppression(boxes, scores, { softSigma: -1 })).toThrow('softSigma');
});

test('every format turns into every other and back', async () => {
  const size = { height: 20, width: 10 };
  const boxes = tensor(
    [
      [1, 2, 4, 8],
      [0, 3, 9, 4],
    ],
    { dtype: 'float32' },
  );
  for (const format of boxFormats) {
    const back = convertFormat(convertFormat(boxes, 'xyxy', format, size), format, 'xyxy', size);
    (await back.data()).forEach((x, i) => expect(x).toBeCloseTo([1, 2, 4, 8, 0, 3, 9, 4][i]!, 4));
  }
  expect(await convertFormat([[1, 2, 4, 8]], 'xyxy', 'rel_yxyx', size).data()).toEqual(
    Float32Array.of(0.1, 0.1, 0.4, 0.4),
  );
  expect(() => convertFormat([[1, 2, 4, 8]], 'xyxy', 'rel_xyxy')).toThrow('needs the size of the image');
  expect(() => convertFormat([[1, 2, 4, 8]], 'corners', 'xyxy')).toThrow('unknown format "corners"');
});

test('deltas encode what they decode', async () => {
  const anchors = tensor(
    [
      [0, 0, 4, 4],
      [2, 2, 10, 6],
    ],
    { dtype: 'float32' },
  );
  const boxes = tensor(
    [
      [1, 0, 5, 3],
      [3, 1, 8, 9],
    ],
    { dtype: 'float32' },
  );
  const back = decodeDeltasToBoxes(anchors, encodeBoxToDeltas(anchors, boxes, { variance: [0.1, 0.1, 0.2, 0.2] }), {
    variance: [0.1, 0.1, 0.2, 0.2],
  });
  (await back.data()).forEach((x, i) => expect(x).toBeCloseTo([1, 0, 5, 3, 3, 1, 8, 9][i]!, 4));
  expect(await clipToImageSize([[-1, 0, 3, 9]], { height: 4, width: 4 }).array()).toEqual([[0, 0, 3, 4]]);
});

test('boxes keep their labels while they are converted and cut off', async () => {
  const given = {
    boxes: [
      [-4, -4, 2, 2],
      [6, 1, 9, 3],
    ],
    labels: [1, 2],
  };
  const clipped = clipToImageSize(
    {
      ...given,
      boxes: [
        [-4, -4, 0, 2],
        [6, 1, 9, 3],
      ],
    },
    { height: 4, width: 8 },
  );
  expect(await clipped.boxes.array()).toEqual([
    [0, 0, 0, 2],
    [6, 1, 8, 3],
  ]);
  expect(await clipped.labels.array()).toEqual([-1, 2]);
  const moved = convertFormat(given, 'xyxy', 'center_xywh');
  expect(await moved.boxes.array()).toEqual([
    [-1, -1, 6, 6],
    [7.5, 2, 3, 2],
  ]);
  expect(moved.labels).toEqual([1, 2]);
  expect(() => clipToImageSize([[0, 0, 1, 1]], { height: 4, width: 4, boundingBoxFormat: 'xywh' as never })).toThrow(
    /"xywh"[\s\S]*convertFormat/,
  );
  expect(() => convertFormat([[0, 0, 1]], 'xyxy', 'xywh')).toThrow(/shape \(1, 3\)[\s\S]*four numbers/);
});

test('suppression keeps what going through the boxes one by one keeps, also where they have no area or are the same', async () => {
  const random = (k: number): number => {
    const x = Math.sin(k * 12.9898 + 4.1) * 43758.5453;
    return x - Math.floor(x);
  };
  const [images, count] = [3, 40];
  const boxes = Array.from({ length: images }, (_, n) =>
    Array.from({ length: count }, (_, b) => {
      const at = (n * count + b) * 5;
      // Some are one like another, some have no area.
      const [x, y] = b % 8 === 0 ? [2, 2] : [random(at) * 10, random(at + 1) * 10];
      const [w, h] = b % 8 === 0 ? [3, 3] : b % 9 === 0 ? [0, 2] : [1 + random(at + 2) * 6, 1 + random(at + 3) * 6];
      return [x, y, x + w, y + h];
    }),
  );
  const scores = boxes.map((row, n) => row.map((_, b) => random((n * count + b) * 5 + 4)));
  const labels = boxes.map((row) => row.map((_, b) => b % 3));
  const iou = ([a, b, c, d]: number[], [e, f, g, h]: number[]): number => {
    const shared = Math.max(0, Math.min(c!, g!) - Math.max(a!, e!)) * Math.max(0, Math.min(d!, h!) - Math.max(b!, f!));
    const union = (c! - a!) * (d! - b!) + (g! - e!) * (h! - f!) - shared;
    return union > 0 ? shared / union : 0;
  };
  const found = nonMaxSuppression(boxes, scores, { labels: tensor(labels), iouThreshold: 0.3, scoreThreshold: 0.1 });
  const confidence = (await found.confidence.array()) as number[][];
  for (let n = 0; n < images; n++) {
    const order = scores[n]!.map((_, b) => b).sort((a, b) => scores[n]![b]! - scores[n]![a]!);
    const kept: number[] = [];
    for (const b of order)
      if (
        scores[n]![b]! > 0.1 &&
        kept.every((k) => labels[n]![k] !== labels[n]![b] || iou(boxes[n]![k]!, boxes[n]![b]!) <= 0.3)
      )
        kept.push(b);
    expect((await found.num_detections.array()) as number[]).toHaveProperty(String(n), kept.length);
    kept.forEach((b, place) => void expect(confidence[n]![place]).toBeCloseTo(scores[n]![b]!, 5));
  }
});
