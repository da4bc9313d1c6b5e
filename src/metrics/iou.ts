import { epsilon } from '../base/config.ts';
import { isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { exposeOptions } from '../base/exposed.ts';
import { type Fields, f, type Resolved } from '../base/field/field.ts';
import { range, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { currentTrace } from '../tensor/frames.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { dataNow, dataSync } from '../tensor/read.ts';
import type { Variable } from '../tensor/variable.ts';
import { accumulate, Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

const flat = (x: Tensor): Tensor => ops.reshape(x, [sizeOf(x.shape)]);

interface Settings {
  /** Number of classes, and rows of the confusion matrix. */
  readonly numClasses: number;
  /** The classes whose overlaps are averaged. */
  readonly targetClassIds: readonly number[];
  /** The label that is not counted; null for none. */
  readonly ignoreClass: number | null;
  /** Whether labels are class numbers; otherwise the largest value along `axis` is the class. */
  readonly sparseYTrue: boolean;
  /** Whether predictions are class numbers; otherwise the largest value along `axis` is the class. */
  readonly sparseYPred: boolean;
  /** The axis of the classes in labels and predictions that are not sparse. */
  readonly axis: number;
}
type Args = [yTrue: Like, yPred: Like, options?: UpdateOptions];

/** Intersection over union of classes, from a confusion matrix. */
abstract class Overlap<S extends Fields> extends Metric<S, Args> {
  static override readonly defaultDtype: string = 'int32';
  protected readonly settings: Settings = this.settle();
  /** The sums of weights; with an integer dtype, of their whole parts. */
  readonly #matrix: Variable = this.#makeMatrix();
  /**
   * What the matrix cannot hold: the sums of the fractional parts of weights and, in a last row, for each class the
   * weights of elements where only one of label and prediction is a valid class.
   */
  readonly #rest: Variable = this.addVariable([this.settings.numClasses + 1, this.settings.numClasses], {
    name: 'total_rest',
    dtype: isFloat(this.dtype) ? this.dtype : 'float32',
  });
  #hasFractions = false;
  protected abstract settle(): Settings;

  constructor(...given: ConstructorParameters<typeof Metric<S>>) {
    super(...given);
    // Those that a class settles itself can be read as well.
    exposeOptions(this, { ...this.settings });
  }

  /** The confusion matrix: rows are labels, columns predictions. */
  get totalCm(): Variable {
    return this.#matrix;
  }
  #makeMatrix(): Variable {
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
  /** As in Keras, one matrix, and another once there are fractional weights. */
  override get variables(): readonly Variable[] {
    return super.variables.filter((v) => v !== this.#rest || this.#hasFractions);
  }
  override resetState(): void {
    super.resetState();
    if (!this.#hasFractions) this.#rest.assign(ops.zeros(this.#rest.shape, { dtype: this.#rest.dtype }));
  }
  override setAside(): () => void {
    const rest = this.#rest.value;
    const bringBack = super.setAside();
    return () => {
      bringBack();
      this.#rest.assign(rest);
    };
  }
  /**
   * Updates with a batch; warns once about values that count as wrong because they are not a class, if that can be
   * seen.
   */
  override updateState(...args: Args): void | Promise<void> {
    if (!currentTrace() && !this.#hasWarned) this.#warnOfStrangers(...args);
    return super.updateState(...args);
  }
  #hasWarned = false;
  #warnOfStrangers(yTrue: Like, yPred: Like, options?: UpdateOptions): void {
    const given = (x: Like | null | undefined): Tensor | null => (x === undefined || x === null ? null : asTensor(x));
    const weight = countedWeight({ sampleWeight: given(options?.sampleWeight), mask: given(options?.mask) });
    const { labels, predictions, isStrange } = this.#cells(...this.prepared(asTensor(yTrue), asTensor(yPred)), weight);
    const at = dataNow(isStrange, 'the range of labels')?.indexOf(1) ?? -1;
    if (at < 0) return;
    this.#hasWarned = true;
    const { numClasses, ignoreClass } = this.settings;
    const [label, prediction] = [labels, predictions].map((x) => dataSync(x, 'a label')[at]) as [number, number];
    const isLabel = (label < 0 || label >= numClasses) && label !== ignoreClass;
    console.warn(
      `${this.className} "${this.name}": ${isLabel ? `label ${label}` : `prediction ${prediction}`} is none of the ${numClasses} classes, which count from 0: it counts as wrong.\n  Fix: give a larger numClasses${isLabel ? `, or ignoreClass: ${label}` : ''}`,
    );
  }
  /** Labels and predictions in the form the confusion matrix expects. */
  protected prepared(yTrue: Tensor, yPred: Tensor): [yTrue: Tensor, yPred: Tensor] {
    return [yTrue, yPred];
  }
  /** The classes and weight of every element, whether it counts, and whether it should count but is out of range. */
  #cells(yTrue: Tensor, yPred: Tensor, sampleWeight: Tensor | null) {
    const { numClasses, ignoreClass, sparseYTrue, sparseYPred, axis } = this.settings;
    const classes = (x: Tensor, isSparse: boolean): Tensor =>
      flat(ops.cast(isSparse ? x : ops.argmax(x, { axis }), 'int32'));
    const [labels, predictions] = [classes(yTrue, sparseYTrue), classes(yPred, sparseYPred)];
    const given = sampleWeight ?? ops.ones([], { dtype: 'int32' });
    const weight = ops.broadcastTo(given.shape.length > 1 ? flat(given) : given, labels.shape);
    const isClass = (x: Tensor): Tensor => ops.logicalAnd(ops.greaterEqual(x, 0), ops.less(x, numClasses));
    const inRange = ops.logicalAnd(isClass(labels), isClass(predictions));
    const isWanted = ops.notEqual(weight, 0);
    const counts = ignoreClass === null ? isWanted : ops.logicalAnd(isWanted, ops.notEqual(labels, ignoreClass));
    return {
      labels,
      predictions,
      weight,
      counts: ops.logicalAnd(counts, inRange),
      isStrange: ops.logicalAnd(counts, ops.logicalNot(inRange)),
      isClass,
    };
  }
  protected override update(yTrue: Tensor, yPred: Tensor, options: Given = {}): void {
    const { numClasses } = this.settings;
    const given = this.prepared(yTrue, yPred);
    const { labels, predictions, weight, counts, isStrange, isClass } = this.#cells(...given, countedWeight(options));
    const cell = ops.where(counts, ops.add(ops.multiply(labels, numClasses), predictions), -1);
    const sumsOf = (x: Tensor): Tensor =>
      ops.reshape(ops.segmentSum(x, cell, { numSegments: numClasses * numClasses }), [numClasses, numClasses]);
    const [matrix, rest] = [this.#matrix, this.#rest];
    const whole = ops.cast(weight, matrix.dtype);
    accumulate(matrix, ops.cast(sumsOf(whole), matrix.dtype));
    const isFractional = isFloat(weight.dtype) && !isFloat(matrix.dtype);
    if (isFractional) this.#hasFractions = true;
    const exact = ops.cast(weight, rest.dtype);
    const fractions = isFractional ? sumsOf(ops.subtract(exact, ops.cast(whole, rest.dtype))) : ops.zeros(matrix.shape);
    const stray = (classes: Tensor): Tensor =>
      ops.segmentSum(exact, ops.where(isStrange, ops.where(isClass(classes), classes, -1), -1), {
        numSegments: numClasses,
      });
    const strays = ops.add(stray(labels), stray(predictions));
    accumulate(rest, ops.concatenate([ops.cast(fractions, rest.dtype), ops.expandDims(strays, 0)], { axis: 0 }));
  }
  protected override compute(): Tensor {
    const { targetClassIds } = this.settings;
    const { numClasses } = this.settings;
    const rest = this.#rest.value;
    const [fractions, strays] = ops.split(rest, [numClasses]) as [Tensor, Tensor];
    const matrix = ops.add(ops.cast(this.#matrix.value, rest.dtype), fractions);
    const hits = ops.diag(matrix);
    const both = ops.add(ops.sum(matrix, { axis: 0 }), ops.sum(matrix, { axis: 1 }));
    const union = ops.add(ops.subtract(both, hits), ops.reshape(strays, [numClasses]));
    const chosen = (x: Tensor): Tensor => ops.cast(ops.take(x, [...targetClassIds]), 'float32');
    const [part, whole] = [chosen(hits), chosen(union)];
    const isPresent = ops.cast(ops.greater(whole, 1e-9), 'float32');
    const shares = ops.divide(part, ops.add(whole, epsilon()));
    return ops.divide(ops.sum(shares), ops.add(ops.sum(isPresent), epsilon()));
  }

  static {
    exactMethods<Overlap<Fields>>(this, { updateState: null });
  }
}

const count = {
  /** How many classes there are. */
  numClasses: f.int({ min: 1 }),
};
const ids = f.ints();
// biome-ignore lint/correctness/noUnusedVariables: merges with the class
interface Overlap<S extends Fields> extends Settings {}
const target = {
  /** The classes whose mean is the result, by number. */
  targetClassIds: ids,
};
const ignore = {
  /** A label whose elements do not count; none (null) by default. */
  ignoreClass: f.nullable(f.int()),
};
/** Whether labels are class numbers; scores or one-hot rows otherwise. */
const sparseTrue = {
  /** Whether labels are class numbers; scores or one-hot rows otherwise. True by default. */
  sparseYTrue: f.bool(true),
};
/** Whether predictions are class numbers; scores otherwise. */
const sparsePred = (initial: boolean) => ({
  /** Whether predictions are class numbers; scores, of which the largest counts, otherwise. */
  sparseYPred: f.bool(initial),
});
const axis = {
  /** Axis of the classes where there are scores or one-hot rows; the last by default. */
  axis: f.int({ initial: -1 }),
};

const iouFields = { ...count, ...target, ...ignore, ...sparseTrue, ...sparsePred(true), ...axis };
/** Mean intersection over union of the target classes. */
export class IoU extends Overlap<typeof iouFields> {
  static override readonly className = 'IoU';
  static override readonly fields = iouFields;
  protected settle(): Settings {
    return this.config;
  }
}
export interface IoU extends Resolved<typeof iouFields> {}
const meanFields = { ...count, ...ignore, ...sparseTrue, ...sparsePred(true), ...axis };
/** Mean intersection over union of all classes. */
export class MeanIoU extends Overlap<typeof meanFields> {
  static override readonly className = 'MeanIoU';
  static override readonly fields = meanFields;
  protected settle(): Settings {
    return { ...this.config, targetClassIds: range(this.config.numClasses) };
  }
}
export interface MeanIoU extends Resolved<typeof meanFields> {}
const binaryFields = {
  /** The classes whose mean is the result: 0, 1 or both (the default). */
  targetClassIds: f.ints({ initial: [0, 1] }),
  /** Predictions at least as large count as class 1; 0.5 by default. */
  threshold: f.number({ initial: 0.5 }),
};
/** Mean intersection over union of two classes, predictions being scores of class 1. */
export class BinaryIoU extends Overlap<typeof binaryFields> {
  static override readonly className = 'BinaryIoU';
  static override readonly fields = binaryFields;
  protected settle(): Settings {
    return { ...this.config, numClasses: 2, ignoreClass: null, sparseYTrue: true, sparseYPred: true, axis: -1 };
  }
  protected override prepared(yTrue: Tensor, yPred: Tensor): [yTrue: Tensor, yPred: Tensor] {
    return [yTrue, ops.greaterEqual(ops.cast(yPred, 'float32'), this.config.threshold)];
  }
}
export interface BinaryIoU extends Resolved<typeof binaryFields> {}
const oneHotFields = { ...count, ...target, ...ignore, ...sparsePred(false), ...axis };
/** Mean intersection over union of the target classes, labels being one-hot. */
export class OneHotIoU extends Overlap<typeof oneHotFields> {
  static override readonly className = 'OneHotIoU';
  static override readonly fields = oneHotFields;
  protected settle(): Settings {
    return { ...this.config, sparseYTrue: false };
  }
}
export interface OneHotIoU extends Resolved<typeof oneHotFields> {}
const oneHotMeanFields = { ...count, ...ignore, ...sparsePred(false), ...axis };
/** Mean intersection over union of all classes, labels being one-hot. */
export class OneHotMeanIoU extends Overlap<typeof oneHotMeanFields> {
  static override readonly className = 'OneHotMeanIoU';
  static override readonly fields = oneHotMeanFields;
  protected settle(): Settings {
    return { ...this.config, targetClassIds: range(this.config.numClasses), sparseYTrue: false };
  }
}
export interface OneHotMeanIoU extends Resolved<typeof oneHotMeanFields> {}
