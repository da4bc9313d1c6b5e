import { epsilon } from '../base/config.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { lossFunction } from './align.ts';
import { Loss } from './loss.ts';

const aligned = { isAligned: true };
const lastMean = (x: Tensor): Tensor => ops.mean(x, { axis: -1 });

/** `mean((yTrue - yPred)²)` over the last axis. @example meanSquaredError([[1, 2]], [[1, 4]]) // [2] */
export const meanSquaredError = lossFunction(
  'meanSquaredError',
  (t, y) => lastMean(ops.square(ops.subtract(t, y))),
  aligned,
);
/** `mean(|yTrue - yPred|)` over the last axis. @example meanAbsoluteError([[1, 2]], [[1, 4]]) // [1] */
export const meanAbsoluteError = lossFunction(
  'meanAbsoluteError',
  (t, y) => lastMean(ops.absolute(ops.subtract(t, y))),
  aligned,
);
/** `100 · mean(|yTrue - yPred| / |yTrue|)` over the last axis. @example meanAbsolutePercentageError([[1, 2]], [[1, 4]]) // [50] */
export const meanAbsolutePercentageError = lossFunction(
  'meanAbsolutePercentageError',
  (t, y) => {
    const ratio = ops.divide(ops.subtract(t, y), ops.maximum(ops.absolute(t), epsilon()));
    return ops.multiply(lastMean(ops.absolute(ratio)), 100);
  },
  aligned,
);
/** `mean((log(yTrue + 1) - log(yPred + 1))²)` over the last axis. @example meanSquaredLogarithmicError([[0]], [[0]]) // [0] */
export const meanSquaredLogarithmicError = lossFunction(
  'meanSquaredLogarithmicError',
  (t, y) => {
    const log = (x: Tensor): Tensor => ops.log(ops.add(ops.maximum(x, epsilon()), 1));
    return lastMean(ops.square(ops.subtract(log(y), log(t))));
  },
  aligned,
);

/** The axis of vectors that are compared. */
export interface AxisOption {
  /** Axis of the vectors; the last by default. */
  readonly axis?: number | undefined;
}
/** Minus the cosine of the angle between labels and predictions. @example cosineSimilarity([[1, 0]], [[1, 0]]) // [-1] */
export const cosineSimilarity = lossFunction<AxisOption>(
  'cosineSimilarity',
  (t, y, { axis = -1 }) => {
    const product = ops.multiply(ops.normalize(t, { axis }), ops.normalize(y, { axis }));
    return ops.negative(ops.sum(product, { axis }));
  },
  { isAligned: true, options: { axis: true } },
);

/** Options of `huber`. */
export interface HuberOptions {
  /** Distance from which the loss grows linearly. */
  readonly delta?: number | undefined;
}
/** Mean over the last axis of e²/2 where |e| ≤ delta, else `delta·|e| - delta²/2`. @example huber([[0]], [[2]]) // [1.5] */
export const huber = lossFunction<HuberOptions>(
  'huber',
  (t, y, { delta = 1 }) => {
    const error = ops.subtract(y, t);
    const size = ops.absolute(error);
    const linear = ops.subtract(ops.multiply(size, delta), 0.5 * delta * delta);
    return lastMean(ops.where(ops.lessEqual(size, delta), ops.multiply(ops.square(error), 0.5), linear));
  },
  { isAligned: true, options: { delta: true } },
);
/** `mean(log(cosh(yPred - yTrue)))` over the last axis. @example logCosh([[0]], [[0]]) // [0] */
export const logCosh = lossFunction(
  'logCosh',
  (t, y) => {
    const error = ops.subtract(y, t);
    return lastMean(ops.subtract(ops.add(error, ops.softplus(ops.multiply(error, -2))), Math.LN2));
  },
  aligned,
);

/** Mean of squared errors. */
export class MeanSquaredError extends Loss {
  static override readonly className = 'MeanSquaredError';
  /** The function applied to each sample. */
  readonly fn = meanSquaredError;
  call = this.fn;
}
/** Mean of absolute errors. */
export class MeanAbsoluteError extends Loss {
  static override readonly className = 'MeanAbsoluteError';
  /** The function applied to each sample. */
  readonly fn = meanAbsoluteError;
  call = this.fn;
}
/** Mean of absolute errors in percent of the labels. */
export class MeanAbsolutePercentageError extends Loss {
  static override readonly className = 'MeanAbsolutePercentageError';
  /** The function applied to each sample. */
  readonly fn = meanAbsolutePercentageError;
  call = this.fn;
}
/** Mean of squared differences of logarithms. */
export class MeanSquaredLogarithmicError extends Loss {
  static override readonly className = 'MeanSquaredLogarithmicError';
  /** The function applied to each sample. */
  readonly fn = meanSquaredLogarithmicError;
  call = this.fn;
}
/** Mean of log(cosh(error)). */
export class LogCosh extends Loss {
  static override readonly className = 'LogCosh';
  /** The function applied to each sample. */
  readonly fn = logCosh;
  call = this.fn;
}

const cosineFields = {
  /** Axis of the vectors; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Minus the cosine of the angle between labels and predictions. */
export class CosineSimilarity extends Loss<typeof cosineFields> {
  static override readonly className = 'CosineSimilarity';
  static override readonly fields = cosineFields;
  static override readonly unwrittenDefaults = ['axis'];
  /** The function applied to each sample. */
  readonly fn = cosineSimilarity;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(yTrue, yPred, this.config);
  }
}
export interface CosineSimilarity extends Resolved<typeof cosineFields> {}
const huberFields = {
  /** Distance, in units of the labels, from which the loss grows linearly; 1 by default. */
  delta: f.number({ initial: 1, min: 0 }),
};
/** Squared where the error is small, linear where it is large. */
export class Huber extends Loss<typeof huberFields> {
  static override readonly className = 'Huber';
  static override readonly fields = huberFields;
  static override readonly defaultName = 'huber_loss';
  static override readonly unwrittenDefaults = ['delta'];
  /** The function applied to each sample. */
  readonly fn = huber;
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return this.fn(yTrue, yPred, this.config);
  }
}
export interface Huber extends Resolved<typeof huberFields> {}
