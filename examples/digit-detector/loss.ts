import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { anchors, classes, stride } from './model.ts';

/** The three parts of a prediction `[batch, cells, 15]`; boxes in pixels. */
export function readPredictions(predictions: keras.Tensor, size: number) {
  return {
    objectness: ops.getItem(predictions, ['...', 0]),
    boxes: keras.utils.boundingBoxes.decodeDeltasToBoxes(
      anchors(size),
      ops.getItem(predictions, ['...', { slice: [1, 5] }]),
    ),
    scores: ops.getItem(predictions, ['...', { slice: [5, null] }]),
  };
}

/** Final detections of a prediction: confident boxes of each class that do not overlap. */
export function detect(predictions: keras.Tensor, size: number) {
  const { objectness, boxes, scores } = readPredictions(predictions, size);
  const confidence = ops.multiply(ops.sigmoid(objectness), ops.max(ops.softmax(scores), { axis: -1 }));
  return ops.nonMaxSuppression(boxes, confidence, {
    labels: ops.argmax(scores, { axis: -1 }),
    iouThreshold: 0.5,
    scoreThreshold: 0.02,
    maxDetections: 20,
    candidates: 64,
  });
}

interface DetectionLossOptions extends keras.losses.LossOptions {
  size: number;
}

/**
 * Labels are `[batch, digits, 5]` (x1, y1, x2, y2, class; class -1 in unused places). A cell whose centre is near that of a digit
 * must find it: complete IoU of the box, cross-entropy of the class; objectness learns the IoU that the box reaches.
 */
export class DetectionLoss extends keras.Loss {
  static override readonly className = 'DetectionLoss';
  readonly size: number;

  constructor({ size, ...options }: DetectionLossOptions) {
    super(options);
    this.size = size;
  }
  override call(yTrue: keras.Tensor, yPred: keras.Tensor): keras.Tensor {
    const { objectness, boxes, scores } = readPredictions(yPred, this.size);
    const { isNear, mine } = this.assign(yTrue);
    const near = ops.cast(isNear, 'float32');
    const target = ops.matmul(mine, yTrue); // [batch, cells, 5]: the digit that each cell must find
    const overlap = ops.boxCiou(ops.getItem(target, ['...', { slice: [0, 4] }]), boxes);
    const quality = ops.stopGradient(ops.clip(overlap, 0, 1));
    const found = ops.binaryCrossentropy(ops.multiply(near, quality), objectness, { fromLogits: true });
    const label = ops.oneHot(ops.cast(ops.maximum(ops.getItem(target, ['...', 4]), 0), 'int32'), classes);
    const named = ops.categoricalCrossentropy(label, scores, { fromLogits: true });
    const count = ops.maximum(ops.sum(near), 1);
    const perCell = ops.multiply(near, ops.add(ops.multiply(ops.subtract(1, overlap), 2), named));
    return ops.add(ops.divide(ops.sum(perCell), count), ops.divide(ops.sum(found), count));
  }

  /** For each cell, whether a digit's centre is near, and which digit's: one-hot `[batch, cells, digits]`. */
  private assign(yTrue: keras.Tensor) {
    const centres = ops.expandDims(
      ops.convertToTensor(anchors(this.size).map(([x1, y1, x2, y2]) => [(x1! + x2!) / 2, (y1! + y2!) / 2])),
      -2,
    );
    const [x1, y1, x2, y2, label] = ops.unstack(yTrue, { axis: -1 }) as [
      keras.Tensor,
      keras.Tensor,
      keras.Tensor,
      keras.Tensor,
      keras.Tensor,
    ];
    const dx = ops.abs(
      ops.subtract(ops.getItem(centres, ['...', 0]), ops.expandDims(ops.multiply(ops.add(x1, x2), 0.5), 1)),
    );
    const dy = ops.abs(
      ops.subtract(ops.getItem(centres, ['...', 1]), ops.expandDims(ops.multiply(ops.add(y1, y2), 0.5), 1)),
    );
    const isDigit = ops.expandDims(ops.greaterEqual(label, 0), 1);
    const distance = ops.where(isDigit, ops.maximum(dx, dy), 1e6);
    const nearest = ops.min(distance, { axis: -1 });
    return {
      isNear: ops.less(nearest, stride * 0.8),
      mine: ops.oneHot(ops.argmin(distance, { axis: -1 }), yTrue.shape[1]!),
    };
  }
  override getConfig(): keras.saving.Config {
    return { ...super.getConfig(), size: this.size };
  }
}
keras.saving.registerKerasSerializable(DetectionLoss, { package: 'digits' });
