import { expect, test } from 'vitest';
import { statNames, summaryTable } from './summary.ts';

test('the table is what pycocotools prints', () => {
  const stats = [0.5049, 0.697, 0.573, 0.586, 0.519, 0.501, 0.387, 0.594, 0.595, 0.64, -1, 1];
  expect(summaryTable(stats)).toBe(
    [
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.505',
      ' Average Precision  (AP) @[ IoU=0.50      | area=   all | maxDets=100 ] = 0.697',
      ' Average Precision  (AP) @[ IoU=0.75      | area=   all | maxDets=100 ] = 0.573',
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = 0.586',
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = 0.519',
      ' Average Precision  (AP) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = 0.501',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.387',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets= 10 ] = 0.594',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.595',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = 0.640',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area=medium | maxDets=100 ] = -1.000',
      ' Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = 1.000',
    ].join('\n'),
  );
});

test('other cuts and thresholds are shown', () => {
  const lines = summaryTable(new Array(12).fill(0), { iouThresholds: [0.3, 0.6], maxDetections: [2, 20, 300] }).split(
    '\n',
  );
  expect(lines[0]).toContain('IoU=0.30:0.60 | area=   all | maxDets=100 ]');
  expect(lines[1]).toContain('IoU=0.50      | area=   all | maxDets=300 ]');
  expect(lines[6]).toContain('maxDets=  2 ]');
});

test('exact ties go to the even digit, as in Python', () => {
  const stats = [0.0625, 0.1875, 0.3125, 0.4375, 0.5625, 0.6875, 0.8125, 0.9375, 0.0005, 0.0015, 0.1725, 0.2675];
  const printed = summaryTable(stats)
    .split('\n')
    .map((line) => line.slice(-5));
  expect(printed).toEqual([
    '0.062',
    '0.188',
    '0.312',
    '0.438',
    '0.562',
    '0.688',
    '0.812',
    '0.938',
    '0.001',
    '0.002',
    '0.172',
    '0.268',
  ]);
});

test('the twelve numbers have names', () => {
  expect(statNames).toHaveLength(12);
  expect(new Set(statNames).size).toBe(12);
  expect(() => summaryTable([1])).toThrow('expected the 12 COCO numbers, got 1');
});
