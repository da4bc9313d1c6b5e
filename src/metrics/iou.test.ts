import { expect, test, vi } from 'vitest';
import { jit } from '../tensor/index.ts';
import { BinaryIoU, IoU, MeanIoU } from './iou.ts';

const [labels, found] = [
  [0, 0, 1, 1],
  [0, 1, 0, 1],
];

test('weights below 1 count as they are', async () => {
  // Class 0: 0.3 of 0.9; class 1: 0.1 of 0.7.
  const metric = new MeanIoU({ numClasses: 2 });
  metric.updateState(labels, found, { sampleWeight: [0.3, 0.3, 0.3, 0.1] });
  expect(await metric.result().item()).toBeCloseTo((0.3 / 0.9 + 0.1 / 0.7) / 2, 6);
  const binary = new BinaryIoU({ targetClassIds: [0, 1], threshold: 0.3 });
  binary.updateState(labels, [0.1, 0.2, 0.4, 0.7], { sampleWeight: [0.2, 0.3, 0.4, 0.1] });
  expect(await binary.result().item()).toBeCloseTo(1, 6);
  const masked = new MeanIoU({ numClasses: 2 });
  masked.updateState(labels, found, { mask: [true, false, false, true] });
  expect(await masked.result().item()).toBeCloseTo(1, 6);
});
test('a label or prediction that is no class counts as wrong, once with a warning, unless it is ignored', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const metric = new MeanIoU({ numClasses: 2 });
  // Class 0: one of two (a stranger was taken for it); so class 1.
  metric.updateState([0, 1, 255, 255], found);
  expect(await metric.result().item()).toBeCloseTo(0.5, 6);
  metric.updateState([0, 1, 255, 255], found);
  expect(await metric.result().item()).toBeCloseTo(0.5, 6);
  expect(warn.mock.calls.flat().join()).toMatch(/label 255 is none of the 2 classes.*\n.*or ignoreClass: 255/);
  expect(warn).toHaveBeenCalledTimes(1);
  const predicted = new MeanIoU({ numClasses: 2 });
  predicted.updateState([0, 0, 1, 1], [0, 2, 1, 1]);
  expect(await predicted.result().item()).toBeCloseTo((1 / 2 + 1) / 2, 6);
  const compiled = new MeanIoU({ numClasses: 2 });
  jit((y: number[]) => compiled.updateState(y, found))([0, 1, 2, 2]);
  expect(await compiled.result().item()).toBeCloseTo(0.5, 6);
  warn.mockClear();
  metric.resetState();
  metric.updateState([0, 1, 255, 1], found, { sampleWeight: [1, 1, 0, 1] });
  expect(await metric.result().item()).toBeCloseTo(1, 6);
  const ignoring = new IoU({ numClasses: 2, targetClassIds: [0, 1], ignoreClass: 255 });
  ignoring.updateState([0, 1, 255, 1], found);
  expect(await ignoring.result().item()).toBeCloseTo(1, 6);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
test("the state is Keras's, unless weights are fractions", () => {
  const metric = new MeanIoU({ numClasses: 2 });
  metric.updateState(labels, found, { sampleWeight: [1, 2, 3, 4] });
  expect(metric.variables.map((v) => `${v.name} ${v.dtype}`)).toEqual(['total_confusion_matrix int32']);
  metric.updateState(labels, found, { sampleWeight: [0.5, 1, 1, 1] });
  expect(metric.variables).toHaveLength(2);
});
