import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

/** Which places of a detector must find an object `[batch, places]`, and which: one-hot `[batch, places, objects]`. */
export interface Assigned {
  readonly isPositive: keras.Tensor;
  readonly object: keras.Tensor;
}

/**
 * What each place must say, of labels `[batch, objects, 5]` (x1, y1, x2, y2, class; class -1 where there is no object): a box, and the
 * classes, all 0 where it must find nothing.
 */
export function assignedTargets(yTrue: keras.Tensor, { isPositive, object }: Assigned, classes: number) {
  const found = ops.matmul(object, yTrue);
  const label = ops.cast(ops.maximum(ops.getItem(found, ['...', 4]), 0), 'int32');
  return {
    isPositive,
    target: ops.getItem(found, ['...', { slice: [0, 4] }]),
    labels: ops.where(ops.expandDims(isPositive, -1), ops.oneHot(label, classes), 0),
  };
}

/** The losses of all places, over the number of those that must find an object. */
export const sumOverPositives = (isPositive: keras.Tensor, losses: keras.Tensor): keras.Tensor =>
  ops.divide(ops.sum(losses), ops.maximum(ops.sum(ops.cast(isPositive, 'float32')), 1));

/** The confident boxes of a detector, without overlaps within a class. */
export const detections = (boxes: keras.Tensor, logits: keras.Tensor) =>
  ops.nonMaxSuppression(boxes, ops.sigmoid(ops.max(logits, { axis: -1 })), {
    labels: ops.argmax(logits, { axis: -1 }),
    iouThreshold: 0.5,
    scoreThreshold: 0.05,
    maxDetections: 20,
    candidates: 64,
  });
