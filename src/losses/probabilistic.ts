import { epsilon } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { axisOf } from '../ops/axes.ts';
import * as ops from '../ops/index.ts';
import { op } from '../ops/op.ts';
import { alignRanks, lossFunction } from './align.ts';
import { Loss } from './loss.ts';

const clip = (x: Tensor): Tensor => ops.clip(x, epsilon(), 1);
/** `Σ yTrue · log(yTrue / yPred)` over the last axis. @example klDivergence([[1]], [[1]]) // [0] */
export const klDivergence = lossFunction('klDivergence', (t, y) => {
  const [p, q] = [clip(t), clip(y)];
  return ops.sum(ops.multiply(p, ops.log(ops.divide(p, q))), { axis: -1 });
});
/** `mean(yPred - yTrue · log(yPred))` over the last axis. @example poisson([[1]], [[1]]) // [1] */
export const poisson = lossFunction('poisson', (t, y) =>
  ops.mean(ops.subtract(y, ops.multiply(t, ops.log(ops.add(y, epsilon())))), { axis: -1 }),
);

/** Options of cross-entropies between probabilities or logits and labels. */
export interface CrossentropyOptions {
  /** Whether predictions are logits; probabilities otherwise. */
  readonly fromLogits?: boolean | undefined;
  /** How far labels are moved towards the uniform distribution: from 0 (not at all) to 1 (entirely). */
  readonly labelSmoothing?: number | undefined;
  /** The axis of the classes. */
  readonly axis?: number | undefined;
}
const smooth = (labels: Tensor, smoothing: number, share: number): Tensor =>
  smoothing === 0 ? labels : ops.add(ops.multiply(labels, 1 - smoothing), smoothing * share);
/** `1 - x`. */
const rest = (x: Tensor): Tensor => ops.subtract(1, x);

/** `-Σ yTrue · log(yPred)` over the classes. @example categoricalCrossentropy([[0, 1]], [[0.5, 0.5]]) // [0.6931] */
export const categoricalCrossentropy = lossFunction<CrossentropyOptions>(
  'categoricalCrossentropy',
  (t, y, { fromLogits = false, labelSmoothing = 0, axis = -1 }) => {
    const classes = y.shape[axisOf('categoricalCrossentropy', axis, y.shape.length)];
    return ops.categoricalCrossentropy(smooth(t, labelSmoothing, 1 / classes), y, { fromLogits, axis });
  },
  { options: { fromLogits: true, labelSmoothing: true, axis: true } },
);
/** Mean over the last axis of `-(yTrue · log(yPred) + (1 - yTrue) · log(1 - yPred))`. @example binaryCrossentropy([[1]], [[0.5]]) // [0.6931] */
export const binaryCrossentropy = lossFunction<CrossentropyOptions>(
  'binaryCrossentropy',
  (t, y, { fromLogits = false, labelSmoothing = 0, axis = -1 }) =>
    ops.mean(ops.binaryCrossentropy(smooth(t, labelSmoothing, 0.5), y, { fromLogits }), { axis }),
  { options: { fromLogits: true, labelSmoothing: true, axis: true } },
);

/** Options of focal cross-entropies. */
export interface FocalOptions extends CrossentropyOptions {
  /** How strongly easy examples are down-weighted: their loss is multiplied by (1 - p)^gamma. */
  readonly gamma?: number | undefined;
}
/** Options of `categoricalFocalCrossentropy`. */
export interface CategoricalFocalOptions extends FocalOptions {
  /** Weight of the classes: one for all, or one each. */
  readonly alpha?: number | readonly number[] | undefined;
}
/** `-Σ alpha · (1 - p)^gamma · yTrue · log(p)` over the classes (Lin et al., 2018). @example categoricalFocalCrossentropy([[0, 1]], [[0, 1]]) // [0] */
export const categoricalFocalCrossentropy = lossFunction<CategoricalFocalOptions>(
  'categoricalFocalCrossentropy',
  (t, y, { alpha = 0.25, gamma = 2, fromLogits = false, labelSmoothing = 0, axis = -1 }) => {
    const classes = y.shape[axisOf('categoricalFocalCrossentropy', axis, y.shape.length)];
    const scores = fromLogits ? ops.softmax(y, { axis }) : y;
    const shares = ops.divide(scores, ops.sum(scores, { axis, keepdims: true }));
    const p = ops.clip(shares, epsilon(), 1 - epsilon());
    const entropy = ops.multiply(ops.negative(smooth(t, labelSmoothing, 1 / classes)), ops.log(p));
    return ops.sum(ops.multiply(ops.multiply(ops.power(rest(p), gamma), alpha), entropy), { axis });
  },
  { options: { alpha: true, gamma: true, fromLogits: true, labelSmoothing: true, axis: true } },
);
/** Options of `binaryFocalCrossentropy`. */
export interface BinaryFocalOptions extends FocalOptions {
  /** Weight of class 1, against that of class 0. */
  readonly alpha?: number | undefined;
  /** Whether class 1 is weighted by alpha and class 0 by 1 - alpha. */
  readonly applyClassBalancing?: boolean | undefined;
}
/** The binary cross-entropy times (1 - p of the true class)^gamma, mean over the last axis. @example binaryFocalCrossentropy([[1]], [[1]]) // [0] */
export const binaryFocalCrossentropy = lossFunction<BinaryFocalOptions>(
  'binaryFocalCrossentropy',
  (labels, y, options) => {
    const { applyClassBalancing = false, alpha = 0.25, gamma = 2, fromLogits = false } = options;
    const t = smooth(labels, options.labelSmoothing ?? 0, 0.5);
    const p = fromLogits ? ops.sigmoid(y) : y;
    const entropy = ops.binaryCrossentropy(t, p);
    const likelihood = ops.add(ops.multiply(t, p), ops.multiply(rest(t), rest(p)));
    const focal = ops.multiply(ops.power(rest(likelihood), gamma), entropy);
    const weight = ops.add(ops.multiply(t, alpha), ops.multiply(rest(t), 1 - alpha));
    return ops.mean(applyClassBalancing ? ops.multiply(weight, focal) : focal, { axis: options.axis ?? -1 });
  },
  {
    options: {
      alpha: true,
      applyClassBalancing: true,
      gamma: true,
      fromLogits: true,
      labelSmoothing: true,
      axis: true,
    },
  },
);

/** Options of `sparseCategoricalCrossentropy`. */
export interface SparseCrossentropyOptions {
  /** Whether predictions are scores before softmax (or sigmoid); false by default. */
  readonly fromLogits?: boolean | undefined;
  /** A label whose samples are ignored. */
  readonly ignoreClass?: number | null | undefined;
  /** Axis of the classes; the last by default. */
  readonly axis?: number | undefined;
}
const withoutClassAxis = (labels: Tensor, y: Tensor, axis: number): Tensor =>
  labels.shape.length === y.shape.length && labels.shape.at(axis) === 1 ? ops.squeeze(labels, { axis }) : labels;

/** Refuses values that are not a class of predictions of the given shape. */
function refuseOddClasses(
  labels: ArrayLike<number>,
  predictions: Shape,
  { ignoreClass = null, axis = -1 }: SparseCrossentropyOptions = {},
): void {
  const classes = predictions.at(axis) ?? 0;
  for (let k = 0; k < labels.length; k++) {
    const label = labels[k];
    if (label === ignoreClass || (label >= 0 && label < classes && Number.isInteger(label))) continue;
    fail(
      'y',
      `the label ${label} is no class: predictions of shape ${showShape([null, ...predictions.slice(1)])} know ${classes} classes, 0 to ${classes - 1}`,
      label < 0
        ? 'count classes from 0; what shall not count is named by ignoreClass of the loss, or has sampleWeight 0'
        : Number.isInteger(label)
          ? `count classes from 0, or give the last layer ${label + 1} units or more`
          : 'give whole numbers, or use a loss for numbers, such as "mse"',
    );
  }
}

/** `-log(yPred[yTrue])`, labels being class numbers. @example sparseCategoricalCrossentropy([1], [[0.5, 0.5]]) // [0.6931] */
export const sparseCategoricalCrossentropy = Object.assign(
  op(
    'sparseCategoricalCrossentropyLoss',
    (
      yTrue: Tensor,
      yPred: Tensor,
      { fromLogits = false, ignoreClass = null, axis = -1 }: SparseCrossentropyOptions = {},
    ): Tensor => {
      const labels = withoutClassAxis(yTrue, yPred, axis);
      if (ignoreClass === null) return ops.sparseCategoricalCrossentropy(labels, yPred, { fromLogits, axis });
      const isValid = ops.notEqual(labels, ignoreClass);
      const loss = ops.sparseCategoricalCrossentropy(
        ops.where(isValid, labels, 0),
        ops.where(ops.expandDims(isValid, axis), yPred, 0),
        { fromLogits, axis },
      );
      return ops.where(isValid, loss, 0);
    },
    ['tensor', 'tensor'],
    { fromLogits: true, ignoreClass: true, axis: true },
  ),
  { checkLabels: refuseOddClasses },
);
/** `(1 - p^q) / q` with the probability p of the true class (Zhang and Sabuncu, 2018). @example categoricalGeneralizedCrossEntropy([0], [[1, 0]], 0.5) // [0] */
export const categoricalGeneralizedCrossEntropy = op(
  'categoricalGeneralizedCrossEntropy',
  (yTrue: Tensor, yPred: Tensor, q: number): Tensor => {
    const chosen = ops.oneHot(ops.cast(yTrue, 'int32'), yPred.shape.at(-1)!, { dtype: yPred.dtype });
    const p = ops.sum(ops.multiply(yPred, chosen), { axis: -1 });
    return ops.divide(rest(ops.power(p, q)), q);
  },
  ['tensor', 'tensor'],
);

/** Kullback-Leibler divergence of the predictions from the labels. */
export class KLDivergence extends Loss {
  static override readonly className = 'KLDivergence';
  /** The function applied to each sample. */
  readonly fn = klDivergence;
  call = this.fn;
}
/** Negative log-likelihood of counts. */
export class Poisson extends Loss {
  static override readonly className = 'Poisson';
  /** The function applied to each sample. */
  readonly fn = poisson;
  call = this.fn;
}

const crossentropyFields = {
  /** Whether predictions are scores before softmax (or sigmoid); false by default. */
  fromLogits: f.bool(false),
  /** Label smoothing: the fraction of each label that is spread evenly over the classes, from 0 (the default) to 1. */
  labelSmoothing: f.number({ initial: 0, min: 0, max: 1 }),
  /** Axis of the classes; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Cross-entropy of labels that are 0 or 1. */
export class BinaryCrossentropy extends Loss<typeof crossentropyFields> {
  static override readonly className = 'BinaryCrossentropy';
  static override readonly fields = crossentropyFields;
  /** The function applied to each sample. */
  readonly fn = binaryCrossentropy;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
}
export interface BinaryCrossentropy extends Resolved<typeof crossentropyFields> {}
/** Cross-entropy of one-hot labels. */
export class CategoricalCrossentropy extends Loss<typeof crossentropyFields> {
  static override readonly className = 'CategoricalCrossentropy';
  static override readonly fields = crossentropyFields;
  /** The function applied to each sample. */
  readonly fn = categoricalCrossentropy;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
}
export interface CategoricalCrossentropy extends Resolved<typeof crossentropyFields> {}
type ClassWeights = number | readonly number[];
const focalFields = {
  ...crossentropyFields,
  /** Weight of each class, or one for all; 0.25 by default. */
  alpha: f.custom<ClassWeights, ClassWeights>({
    expects: 'a number, or one a class',
    check: (v): v is ClassWeights =>
      typeof v === 'number' || (Array.isArray(v) && v.every((x) => typeof x === 'number')),
    parse: (v) => v,
    initial: 0.25,
  }),
  /** How strongly easy examples are down-weighted; 2 by default. */
  gamma: f.number({ initial: 2 }),
};
/** Cross-entropy of one-hot labels that down-weights easy examples. */
export class CategoricalFocalCrossentropy extends Loss<typeof focalFields> {
  static override readonly className = 'CategoricalFocalCrossentropy';
  static override readonly fields = focalFields;
  /** The function applied to each sample. */
  readonly fn = categoricalFocalCrossentropy;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
}
export interface CategoricalFocalCrossentropy extends Resolved<typeof focalFields> {}
const binaryFocalFields = {
  ...crossentropyFields,
  /** Whether alpha weighs the two classes; false by default. */
  applyClassBalancing: f.bool(false),
  /** Weight of class 1, while class 0 has `1 - alpha`; 0.25 by default. */
  alpha: f.number({ initial: 0.25 }),
  /** How strongly easy examples are down-weighted; 2 by default. */
  gamma: f.number({ initial: 2 }),
};
/** Cross-entropy of labels that are 0 or 1 that down-weights easy examples. */
export class BinaryFocalCrossentropy extends Loss<typeof binaryFocalFields> {
  static override readonly className = 'BinaryFocalCrossentropy';
  static override readonly fields = binaryFocalFields;
  /** The function applied to each sample. */
  readonly fn = binaryFocalCrossentropy;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
}
export interface BinaryFocalCrossentropy extends Resolved<typeof binaryFocalFields> {}
const sparseFields = {
  /** Whether predictions are scores before softmax (or sigmoid); false by default. */
  fromLogits: f.bool(false),
  /** Label whose samples are ignored, such as -1 or 255. */
  ignoreClass: f.nullable(f.int()),
  /** Axis of the classes; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Cross-entropy of labels that are class numbers. */
export class SparseCategoricalCrossentropy extends Loss<typeof sparseFields> {
  static override readonly className = 'SparseCategoricalCrossentropy';
  static override readonly fields = sparseFields;
  static override readonly unwrittenDefaults = ['axis'];
  /** The function applied to each sample. */
  readonly fn = sparseCategoricalCrossentropy;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config);
  }
  override checkLabels(labels: ArrayLike<number>, predictions: Shape): void {
    refuseOddClasses(labels, predictions, this.config);
  }
  override validity(_: Tensor, yTrue: Tensor, yPred: Tensor): Tensor | null {
    const { ignoreClass, axis } = this.config;
    if (ignoreClass === null) return null;
    const [labels, y] = alignRanks(yTrue, yPred);
    return ops.notEqual(withoutClassAxis(labels, y, axis), ignoreClass);
  }
}
export interface SparseCategoricalCrossentropy extends Resolved<typeof sparseFields> {}
const generalizedFields = {
  /** Between cross-entropy (near 0) and mean absolute error (near 1). */
  q: f.custom<number, number>({
    expects: 'a number between 0 and 1, both excluded',
    check: (v): v is number => typeof v === 'number' && v > 0 && v < 1,
    parse: (v) => v,
    initial: 0.5,
  }),
};
/** A cross-entropy robust to wrong labels; labels are class numbers. */
export class CategoricalGeneralizedCrossEntropy extends Loss<typeof generalizedFields> {
  static override readonly className = 'CategoricalGeneralizedCrossEntropy';
  static override readonly fields = generalizedFields;
  /** The function applied to each sample. */
  readonly fn = categoricalGeneralizedCrossEntropy;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(...alignRanks(yTrue, yPred), this.config.q);
  }
}
export interface CategoricalGeneralizedCrossEntropy extends Resolved<typeof generalizedFields> {}
