import { expect, test } from 'vitest';
import { CocoAccumulator } from './accumulator.ts';
import type { Detections, Truths } from './columns.ts';

/** A repeatable sequence of numbers between 0 and 1. */
function sequence(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

function scene(seed: number): { truths: Truths; detections: Detections } {
  const next = sequence(seed);
  const box = (): number[] => [80 * next(), 80 * next(), 10 + 60 * next(), 10 + 60 * next()];
  const objects = Array.from({ length: 4 }, box);
  const near = objects.flatMap((object) => [object, object].map((numbers) => numbers.map((x) => x + 6 * next())));
  return {
    truths: { categoryIds: [0, 1, 0, 1], boxes: objects.flat(), isCrowd: [0, 0, 0, next() < 0.3 ? 1 : 0] },
    detections: {
      categoryIds: [0, 0, 1, 1, 0, 0, 1, 1],
      boxes: near.flat(),
      scores: near.map(() => Math.ceil(4 * next()) / 4),
    },
  };
}

const scenes = Array.from({ length: 12 }, (_, i) => scene(i + 1));

test('a set small enough to follow by hand', () => {
  const accumulator = new CocoAccumulator();
  accumulator.addImage(
    { categoryIds: [7, 7], boxes: [0, 0, 10, 10, 50, 50, 10, 10] },
    { categoryIds: [7, 7], scores: [0.9, 0.8], boxes: [0, 0, 10, 8, 80, 80, 10, 10] },
  );
  const { stats, categoryIds, shape } = accumulator.evaluate();
  expect(categoryIds).toEqual([7]);
  expect(shape).toEqual([10, 1, 4, 3]);
  // One of two objects is found, with an overlap of 0.8: at 7 of 10 thresholds, and 51 of 101 recall points lie up to 0.5.
  expect(stats[0]).toBeCloseTo((0.7 * 51) / 101, 12);
  expect(stats[8]).toBeCloseTo(0.7 * 0.5, 12);
  expect(stats[4]).toBe(-1);
});

test('images may come in any order; their ids decide', () => {
  const forward = new CocoAccumulator();
  const backward = new CocoAccumulator();
  scenes.forEach(({ truths, detections }, id) => forward.addImage(truths, detections, id));
  scenes
    .toReversed()
    .forEach(({ truths, detections }, i) => backward.addImage(truths, detections, scenes.length - 1 - i));
  expect(backward.evaluate({ curves: true })).toEqual(forward.evaluate({ curves: true }));
});

test('a result is remembered until an image comes, and reset forgets everything', () => {
  const accumulator = new CocoAccumulator();
  const empty = accumulator.evaluate();
  expect([...empty.stats]).toEqual(new Array(12).fill(-1));
  accumulator.addImage(scenes[0].truths, scenes[0].detections);
  const result = accumulator.evaluate();
  expect(result).not.toBe(empty);
  expect(accumulator.evaluate()).toBe(result);
  expect(accumulator.evaluate({ curves: true }).curves?.precision.length).toBe(10 * 101 * 2 * 4 * 3);
  accumulator.reset();
  expect(accumulator.imageCount).toBe(0);
  expect(accumulator.evaluate()).toEqual(empty);
});

test('more thresholds than fit a word of bits are evaluated like one at a time', () => {
  const thresholds = Array.from({ length: 70 }, (_, i) => 0.2 + i / 100);
  const together = new CocoAccumulator({ iouThresholds: thresholds });
  for (const { truths, detections } of scenes) together.addImage(truths, detections);
  const { recall, apTable } = together.evaluate();
  thresholds.forEach((threshold, t) => {
    const alone = new CocoAccumulator({ iouThresholds: [threshold] });
    for (const { truths, detections } of scenes) alone.addImage(truths, detections);
    const single = alone.evaluate();
    const size = single.recall.length;
    expect(recall.slice(t * size, (t + 1) * size)).toEqual(single.recall);
    expect(apTable.slice(t * size, (t + 1) * size)).toEqual(single.apTable);
  });
});

test('only the detections within the largest cut are kept', () => {
  const accumulator = new CocoAccumulator({ maxDetections: [1, 2, 3] });
  const scores = Array.from({ length: 50 }, (_, i) => i / 50);
  accumulator.addImage(
    { categoryIds: [], boxes: [] },
    { categoryIds: scores.map((_, i) => i % 2), scores, boxes: new Array(200).fill(1) },
  );
  expect(accumulator.detectionCount).toBe(6);
});

test('classes outside of the list are dropped on both sides', () => {
  const accumulator = new CocoAccumulator({ categoryIds: [1, 5] });
  for (const { truths, detections } of scenes) accumulator.addImage(truths, detections);
  const { categoryIds, perClassAp } = accumulator.evaluate();
  expect(categoryIds).toEqual([1, 5]);
  expect(perClassAp[0]).toBeGreaterThan(0);
  expect(perClassAp[1]).toBe(-1);
});

test('an image that was added before and columns of different lengths are errors', () => {
  const accumulator = new CocoAccumulator();
  const none: Truths = { categoryIds: [], boxes: [] };
  accumulator.addImage(none, { ...none, scores: [] }, 3);
  expect(() => accumulator.addImage(none, { ...none, scores: [] }, 3)).toThrow('image 3 was added before');
  const detections = { categoryIds: [1], scores: [0.5], boxes: [0, 0, 1] };
  expect(() => accumulator.addImage(none, detections)).toThrow('detections.boxes has 3 numbers, expected 4');
  expect(() => accumulator.addImage({ categoryIds: [1] }, { ...none, scores: [] })).toThrow('truths.boxes is missing');
  const masked = new CocoAccumulator({ iouType: 'segm' });
  expect(() => masked.addImage(none, { ...none, scores: [] })).toThrow('truths.masks has no entries for 0 rows');
});
