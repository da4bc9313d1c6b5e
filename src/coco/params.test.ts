import { expect, test } from 'vitest';
import { cocoParameters } from './params.ts';

test('cuts are sorted, and ranges keep their names and order', () => {
  const parameters = cocoParameters({ maxDetections: [100, 1, 10], areaRanges: { all: [0, 1e10], tiny: [0, 64] } });
  expect(parameters.maxDetections).toEqual([1, 10, 100]);
  expect(parameters.areaLabels).toEqual(['all', 'tiny']);
  expect([...parameters.areaHighs]).toEqual([1e10, 64]);
});

test.each([
  [{ iouType: 'mask' as 'segm' }, "unknown iouType 'mask'"],
  [{ iouThresholds: [] }, 'iouThresholds must be a list of at least 1'],
  [{ recallThresholds: [0, Number.NaN] }, 'recallThresholds must be a list'],
  [{ maxDetections: [100] }, 'maxDetections must be a list of at least 3'],
  [{ maxDetections: [0, 10, 100] }, 'maxDetections must be positive integers'],
  [{ areaRanges: { all: [10, 0] as const } }, "area range 'all' must be [low, high]"],
  [{ areaRanges: {} }, 'areaRanges is empty'],
])('rules that make no sense are refused: %o', (options, message) => {
  expect(() => cocoParameters(options)).toThrow(message);
});
