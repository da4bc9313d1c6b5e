import { expect, test } from 'vitest';
import { type CocoData, evaluate } from './evaluate.ts';

const data: CocoData = {
  imageIds: [1],
  truths: { imageIds: [1], categoryIds: [7], boxes: [10, 10, 20, 20] },
  detections: { imageIds: [1], categoryIds: [7], scores: [0.9], boxes: [10, 10, 20, 18] },
};

test('the example of the documentation gives what it says', () => {
  expect(evaluate(data).stats[0]).toBeCloseTo(0.9, 12);
});

test('rows of images that are not listed are dropped, and not looked at', () => {
  const { matches, stats } = evaluate({ ...data, imageIds: [2, 3] }, { matches: true });
  expect(stats[0]).toBe(-1);
  expect([...matches!.truthRows]).toEqual(new Array(10).fill(-2));
});

test('matches name the rows of the columns, threshold by threshold', () => {
  const { matches } = evaluate(data, { matches: true, iouThresholds: [0.5, 0.95] });
  expect(matches!.shape).toEqual([2, 1]);
  expect([...matches!.truthRows]).toEqual([0, -1]);
  expect([...matches!.ignored]).toEqual([0, 0]);
});

test('the 12 numbers are the same with and without the curves', () => {
  // A recall of 0.1875 at one threshold would be printed differently if it were a last bit lower.
  const imageIds = new Array<number>(16).fill(1);
  const boxes = imageIds.flatMap((_, i) => [0, 20 * i, 10, 10]);
  const truths = { imageIds, categoryIds: imageIds, boxes };
  const detections = {
    imageIds: imageIds.slice(0, 3),
    categoryIds: imageIds.slice(0, 3),
    scores: [3, 2, 1],
    boxes: boxes.slice(0, 12),
  };
  const plain = evaluate({ imageIds: [1], truths, detections });
  expect(plain.stats[8]).toBe(0.1875);
  expect(evaluate({ imageIds: [1], truths, detections }, { curves: true }).stats).toEqual(plain.stats);
});

test('columns of different lengths are errors', () => {
  expect(() => evaluate({ ...data, truths: { ...data.truths, imageIds: [1, 1] } })).toThrow(
    'truths has 2 image ids and 1 category ids',
  );
  expect(() => evaluate({ ...data, detections: { ...data.detections, scores: [] } })).toThrow(
    'detections.scores has 0 numbers, expected 1',
  );
});
