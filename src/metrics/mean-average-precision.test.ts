import { expect, test } from 'vitest';
import { Activation } from '../layers/index.ts';
import { Sequential } from '../models/index.ts';
import { tensor } from '../tensor/index.ts';
import { MeanAveragePrecision } from './mean-average-precision.ts';

// Two images; the first has two objects of classes 0 and 1, the second one of class 1 and an unused slot.
const yTrue = tensor([
  [
    [0, 0, 10, 10, 0],
    [20, 20, 40, 40, 1],
  ],
  [
    [5, 5, 15, 25, 1],
    [0, 0, 0, 0, -1],
  ],
]);
const yPred = tensor([
  [
    [0, 0, 10, 9, 0, 0.9],
    [20, 20, 40, 38, 1, 0.8],
  ],
  [
    [5, 5, 15, 21, 1, 0.7],
    [30, 30, 40, 40, 0, 0.6],
  ],
]);

test('compiled, eager and stand-alone evaluation of packed output give one number', async () => {
  const alone = new MeanAveragePrecision();
  await alone.updateState(yTrue, yPred);
  const expected = alone.result();
  expect(expected).toBeGreaterThan(0.5);
  for (const runEagerly of [false, true]) {
    const model = new Sequential([new Activation({ activation: 'linear' })]);
    const metric = new MeanAveragePrecision({ name: 'ap' });
    model.compile({ loss: () => tensor(0), metrics: [metric], runEagerly });
    const logs = await model.evaluate(yPred, yTrue, { batchSize: 1, verbose: 0, returnDict: true });
    expect((logs as Record<string, number>)['ap']).toBeCloseTo(expected, 6);
    expect(metric.result()).toBe(expected);
  }
});

test('figures and classes have names', async () => {
  const metric = new MeanAveragePrecision({ classNames: ['leaf', 'nut'], figure: 'AP50' });
  await metric.updateState(yTrue, yPred);
  const { figures, apByClass, classNames, curves } = metric.results();
  expect(Object.keys(figures)).toHaveLength(12);
  expect(figures['AP50']).toBe(metric.result());
  expect(apByClass['leaf']).toBeCloseTo(0.9, 12);
  expect(classNames).toEqual({ 0: 'leaf', 1: 'nut' });
  expect(curves?.precision.length).toBe(10 * 101 * 2 * 4 * 3);
});

test('a result is worked out once for a state', async () => {
  const metric = new MeanAveragePrecision();
  await metric.updateState(yTrue, yPred);
  const first = metric.results();
  expect(metric.results().recall).toBe(first.recall);
  await metric.updateState(yTrue, yPred);
  expect(metric.results().recall).not.toBe(first.recall);
});

test('masks are judged by their pixels', async () => {
  const rows = (height: number): number[][] =>
    Array.from({ length: 8 }, (_, y) => new Array(8).fill(y < height ? 1 : 0));
  const metric = new MeanAveragePrecision({ iouType: 'segm', areaRanges: { all: [0, 1e10], small: [0, 31] } });
  const labels = tensor([[3]]);
  await metric.updateState(
    { masks: tensor([[rows(5)]]), labels },
    { masks: tensor([[rows(4)]]), labels, confidence: tensor([[0.5]]) },
  );
  // They share 32 of 40 pixels: found at seven of ten thresholds, and too large to be small.
  expect(metric.result()).toBeCloseTo(0.7, 12);
  expect(metric.results().figures['APsmall']).toBe(-1);
  await expect(metric.updateState({ labels }, { labels })).rejects.toThrow('y_true.masks is missing');
});

test('options survive their config, and wrong ones are refused', () => {
  const metric = new MeanAveragePrecision({
    boundingBoxFormat: 'XYWH',
    iouThresholds: [0.5],
    areaRanges: { all: [0, 9] },
  });
  expect(MeanAveragePrecision.fromConfig(metric.getConfig()).getConfig()).toEqual(metric.getConfig());
  expect(metric.config.boundingBoxFormat).toBe('xywh');
  expect(() => new MeanAveragePrecision({ figure: 'AP60' })).toThrow('figure');
  expect(() => new MeanAveragePrecision({ iouThresholds: ['half'] as never })).toThrow('array of numbers');
});
