import { epsilon } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { type Fields, f } from '../base/field.ts';
import { range, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { accumulate, Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

const flat = (x: Tensor): Tensor => ops.reshape(x, [sizeOf(x.shape)]);

interface Settings {
  readonly numClasses: number;
  readonly targetClassIds: readonly number[];
  readonly ignoreClass: number | null;
  readonly sparseYTrue: boolean;
  readonly sparseYPred: boolean;
  readonly axis: number;
}
type Args = [yTrue: Like, yPred: Like, options?: UpdateOptions];

/** Intersection over union of classes, from a confusion matrix. */
abstract class Overlap<S extends Fields> extends Metric<S, Args> {
  static override readonly defaultDtype: string = 'int32';
  protected readonly settings: Settings = this.settle();
  private readonly matrix: Variable = this.makeMatrix();
  protected abstract settle(): Settings;

  private makeMatrix(): Variable {
    const { numClasses, targetClassIds } = this.settings;
    const beyond = targetClassIds.find((id) => id >= numClasses || id < 0);
    if (beyond !== undefined)
      fail(
        this,
        `class ${beyond} does not exist among ${numClasses}`,
        `give targetClassIds from 0 to ${numClasses - 1}`,
      );
    return this.addVariable([numClasses, numClasses], { name: 'total_confusion_matrix', dtype: this.dtype });
  }
  protected override update(yTrue: Tensor, yPred: Tensor, options: Given = {}): void {
    const sampleWeight = countedWeight(options);
    const { numClasses, ignoreClass, sparseYTrue, sparseYPred, axis } = this.settings;
    const classes = (x: Tensor, isSparse: boolean): Tensor =>
      flat(ops.cast(isSparse ? x : ops.argmax(x, { axis }), 'int32'));
    const [labels, predictions] = [classes(yTrue, sparseYTrue), classes(yPred, sparseYPred)];
    const given = sampleWeight ? ops.cast(sampleWeight, this.dtype) : ops.ones([], { dtype: this.dtype });
    const weight = ops.broadcastTo(given.shape.length > 1 ? flat(given) : given, labels.shape);
    const isClass = (x: Tensor): Tensor => ops.logicalAnd(ops.greaterEqual(x, 0), ops.less(x, numClasses));
    const inRange = ops.logicalAnd(isClass(labels), isClass(predictions));
    const counts = ignoreClass === null ? inRange : ops.logicalAnd(inRange, ops.notEqual(labels, ignoreClass));
    const cell = ops.where(counts, ops.add(ops.multiply(labels, numClasses), predictions), -1);
    const sums = ops.segmentSum(weight, cell, { numSegments: numClasses * numClasses });
    accumulate(this.matrix, ops.reshape(sums, [numClasses, numClasses]));
  }
  protected override compute(): Tensor {
    const { targetClassIds } = this.settings;
    const matrix = this.matrix.value;
    const hits = ops.diag(matrix);
    const union = ops.subtract(ops.add(ops.sum(matrix, { axis: 0 }), ops.sum(matrix, { axis: 1 })), hits);
    const chosen = (x: Tensor): Tensor => ops.cast(ops.take(x, [...targetClassIds]), 'float32');
    const [part, whole] = [chosen(hits), chosen(union)];
    const isPresent = ops.cast(ops.greater(whole, 1e-9), 'float32');
    const shares = ops.divide(part, ops.add(whole, epsilon()));
    return ops.divide(ops.sum(shares), ops.add(ops.sum(isPresent), epsilon()));
  }
}

const count = { numClasses: f.int({ min: 1 }) };
const ids = f.ints();
const target = { targetClassIds: ids };
const ignore = { ignoreClass: f.nullable(f.int()) };
/** Whether labels are class numbers; scores or one-hot rows otherwise. */
const sparseTrue = { sparseYTrue: f.bool(true) };
/** Whether predictions are class numbers; scores otherwise. */
const sparsePred = (initial: boolean) => ({ sparseYPred: f.bool(initial) });
const axis = { axis: f.int({ initial: -1 }) };

const iouFields = { ...count, ...target, ...ignore, ...sparseTrue, ...sparsePred(true), ...axis };
/** Mean intersection over union of the target classes. */
export class IoU extends Overlap<typeof iouFields> {
  static override readonly className = 'IoU';
  static override readonly fields = iouFields;
  protected settle(): Settings {
    return this.config;
  }
}
const meanFields = { ...count, ...ignore, ...sparseTrue, ...sparsePred(true), ...axis };
/** Mean intersection over union of all classes. */
export class MeanIoU extends Overlap<typeof meanFields> {
  static override readonly className = 'MeanIoU';
  static override readonly fields = meanFields;
  protected settle(): Settings {
    return { ...this.config, targetClassIds: range(this.config.numClasses) };
  }
}
const binaryFields = { targetClassIds: f.ints({ initial: [0, 1] }), threshold: f.number({ initial: 0.5 }) };
/** Mean intersection over union of two classes, predictions being scores of class 1. */
export class BinaryIoU extends Overlap<typeof binaryFields> {
  static override readonly className = 'BinaryIoU';
  static override readonly fields = binaryFields;
  protected settle(): Settings {
    return { ...this.config, numClasses: 2, ignoreClass: null, sparseYTrue: true, sparseYPred: true, axis: -1 };
  }
  protected override update(yTrue: Tensor, yPred: Tensor, options?: Given): void {
    super.update(yTrue, ops.greaterEqual(ops.cast(yPred, 'float32'), this.config.threshold), options);
  }
}
const oneHotFields = { ...count, ...target, ...ignore, ...sparsePred(false), ...axis };
/** Mean intersection over union of the target classes, labels being one-hot. */
export class OneHotIoU extends Overlap<typeof oneHotFields> {
  static override readonly className = 'OneHotIoU';
  static override readonly fields = oneHotFields;
  protected settle(): Settings {
    return { ...this.config, sparseYTrue: false };
  }
}
const oneHotMeanFields = { ...count, ...ignore, ...sparsePred(false), ...axis };
/** Mean intersection over union of all classes, labels being one-hot. */
export class OneHotMeanIoU extends Overlap<typeof oneHotMeanFields> {
  static override readonly className = 'OneHotMeanIoU';
  static override readonly fields = oneHotMeanFields;
  protected settle(): Settings {
    return { ...this.config, targetClassIds: range(this.config.numClasses), sparseYTrue: false };
  }
}
