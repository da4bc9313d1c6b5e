import { expect, test } from 'vitest';
import { boxFormats, fromXywh, toXywh } from './box-format.ts';

const size = { height: 200, width: 400 };

// One box: x from 100 to 140, y from 50 to 110.
test.each([
  ['xyxy', [100, 50, 140, 110]],
  ['yxyx', [50, 100, 110, 140]],
  ['xywh', [100, 50, 40, 60]],
  ['center_xywh', [120, 80, 40, 60]],
  ['center_yxhw', [80, 120, 60, 40]],
  ['rel_xyxy', [0.25, 0.25, 0.35, 0.55]],
  ['rel_yxyx', [0.25, 0.25, 0.55, 0.35]],
  ['rel_xywh', [0.25, 0.25, 0.1, 0.3]],
  ['rel_center_xywh', [0.3, 0.4, 0.1, 0.3]],
])('%s is read and written', (format, box) => {
  const close = (actual: Float64Array, expected: readonly number[]) =>
    actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  close(toXywh(box, format, size), [100, 50, 40, 60]);
  close(toXywh(box, format.toUpperCase(), size), [100, 50, 40, 60]);
  close(fromXywh([100, 50, 40, 60], format, size), box);
});

test('every format of the list is known', () => {
  expect(boxFormats.map((format) => toXywh([], format, size).length)).toEqual(new Array(9).fill(0));
});

test('float32 boxes are converted in double precision', () => {
  const boxes = Float32Array.of(0.1, 0.2, 16777216.5, 0.3);
  expect(toXywh(boxes, 'xyxy')[2]).toBe(boxes[2] - boxes[0]);
});

test('an unknown format, a missing size and a broken box are errors', () => {
  expect(() => toXywh([0, 0, 1, 1], 'xyhw')).toThrow("unknown format 'xyhw'");
  expect(() => toXywh([0, 0, 1, 1], 'rel_xyxy')).toThrow("format 'rel_xyxy' needs the size of the image");
  expect(() => toXywh([0, 0, 1], 'xyxy')).toThrow('got 3 numbers');
});
