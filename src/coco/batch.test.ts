import { expect, test } from 'vitest';
import { type NumberArray, readDetectionBatch } from './batch.ts';

const array = (shape: readonly number[], ...data: number[]): NumberArray => ({ data: Float32Array.from(data), shape });
const options = { boundingBoxFormat: 'xyxy' };

const yTrue = {
  boxes: array([2, 2, 4], 0, 0, 10, 10, 9, 9, 9, 9, 5, 5, 10, 20, 1, 1, 2, 2),
  labels: array([2, 2], 3, -1, -1, 0),
};
const yPred = {
  boxes: array([2, 3, 4], 0, 0, 4, 4, 1, 1, 3, 3, 0, 0, 9, 9, 2, 2, 3, 3, 0, 0, 0, 0, 7, 7, 8, 9),
  labels: array([2, 3], 3, -1, 1, 0, 2, 2),
  confidence: array([2, 3], 0.5, 0.75, 0.25, 1, 0.5, 0.125),
};

test('slots count when their label is 0 or more, also in the middle of a row', () => {
  const images = readDetectionBatch(yTrue, yPred, options);
  expect(images.map(({ truths }) => [...(truths.categoryIds as Float64Array)])).toEqual([[3], [0]]);
  expect(images.map(({ truths }) => [...(truths.boxes as Float64Array)])).toEqual([
    [0, 0, 10, 10],
    [1, 1, 1, 1],
  ]);
  expect(images.map(({ detections }) => [...(detections.categoryIds as Float64Array)])).toEqual([
    [3, 1],
    [0, 2, 2],
  ]);
  expect([...(images[0].detections.scores as Float64Array)]).toEqual([0.5, 0.25]);
  expect([...(images[0].detections.boxes as Float64Array)]).toEqual([0, 0, 4, 4, 0, 0, 9, 9]);
});

test('num_detections ends a row, under either spelling, and classes is another name for labels', () => {
  const { labels, ...rest } = yPred;
  for (const name of ['num_detections', 'numDetections']) {
    const images = readDetectionBatch(yTrue, { ...rest, classes: labels, [name]: array([2], 1, 2) }, options);
    expect(images.map(({ detections }) => [...(detections.categoryIds as Float64Array)])).toEqual([[3], [0, 2]]);
  }
});

test('crowd flags and areas are those of the slots that count', () => {
  const extra = { is_crowd: array([2, 2], 0, 1, 1, 1), area: array([2, 2], 50, -1, -1, 60) };
  const images = readDetectionBatch({ ...yTrue, ...extra }, yPred, options);
  expect(images.map(({ truths }) => [...(truths.isCrowd as Float64Array), ...(truths.areas as Float64Array)])).toEqual([
    [0, 50],
    [1, 60],
  ]);
});

test('the packed form is the same batch', () => {
  const pack = (...columns: readonly { data: ArrayLike<number>; shape: readonly number[] }[]): NumberArray => {
    const [batch, slots] = columns[0].shape;
    const data = Array.from({ length: batch * slots }, (_, slot) =>
      columns.flatMap(({ data, shape }) =>
        Array.from({ length: shape[2] ?? 1 }, (_, c) => data[slot * (shape[2] ?? 1) + c]),
      ),
    ).flat();
    return { data, shape: [batch, slots, data.length / (batch * slots)] };
  };
  const isCrowd = array([2, 2], 1, 0, 0, 0);
  const predictions = pack(yPred.boxes, yPred.labels, yPred.confidence);
  expect(readDetectionBatch(pack(yTrue.boxes, yTrue.labels), predictions, options)).toEqual(
    readDetectionBatch(yTrue, yPred, options),
  );
  expect(readDetectionBatch(pack(yTrue.boxes, yTrue.labels, isCrowd), predictions, options)).toEqual(
    readDetectionBatch({ ...yTrue, is_crowd: isCrowd }, yPred, options),
  );
});

test('wrong shapes and missing arrays are named', () => {
  const refuse = (
    left: Parameters<typeof readDetectionBatch>[0],
    right: Parameters<typeof readDetectionBatch>[1],
    message: string,
  ) => expect(() => readDetectionBatch(left, right, options)).toThrow(message);
  refuse({ labels: yTrue.labels }, yPred, 'y_true.boxes is missing');
  refuse({ boxes: yTrue.boxes }, yPred, "y_true has no 'labels'");
  refuse(yTrue, { boxes: yPred.boxes, labels: yPred.labels }, "y_pred has no 'confidence'");
  refuse(yTrue, { ...yPred, confidence: array([2], 1, 1) }, 'y_pred.confidence has the shape [2], expected [2, 3]');
  refuse(array([1, 1, 4], 0, 0, 1, 1), yPred, 'expected [batch, slots, 5] or [batch, slots, 6]');
  refuse(array([1, 1, 5], 0, 0, 1, 1, 0), yPred, 'y_true has 1 images, y_pred 2');
});
