import { f, type Resolved } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignRanks } from '../losses/align.ts';
import * as losses from '../losses/index.ts';
import * as ops from '../ops/index.ts';
import { MeanOf } from './mean.ts';
import { countedWeight, type Given } from './weights.ts';

export {
  binaryCrossentropy,
  binaryFocalCrossentropy,
  categoricalCrossentropy,
  categoricalFocalCrossentropy,
  categoricalHinge,
  hinge,
  huber,
  klDivergence,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
  sparseCategoricalCrossentropy,
  squaredHinge,
} from '../losses/index.ts';

/** Mean squared error. */
export class MeanSquaredError extends MeanOf {
  static override readonly className = 'MeanSquaredError';
  static override readonly defaultName = 'mean_squared_error';
  protected values = losses.meanSquaredError;
}
/** Root of the mean squared error. */
export class RootMeanSquaredError extends MeanOf {
  static override readonly className = 'RootMeanSquaredError';
  static override readonly defaultName = 'root_mean_squared_error';
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    const y = ops.cast(yPred, this.dtype);
    return ops.square(ops.subtract(...alignRanks(y, ops.cast(yTrue, this.dtype))));
  }
  // In Keras, the squares carry no mask of their own.
  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const sampleWeight = countedWeight(given);
    this.take(this.values(yTrue, yPred), sampleWeight);
  }
  protected override compute(): Tensor {
    return ops.sqrt(super.compute());
  }
}
/** Mean absolute error. */
export class MeanAbsoluteError extends MeanOf {
  static override readonly className = 'MeanAbsoluteError';
  static override readonly defaultName = 'mean_absolute_error';
  protected values = losses.meanAbsoluteError;
}
/** Mean absolute error in percent of the labels. */
export class MeanAbsolutePercentageError extends MeanOf {
  static override readonly className = 'MeanAbsolutePercentageError';
  static override readonly defaultName = 'mean_absolute_percentage_error';
  protected values = losses.meanAbsolutePercentageError;
}
/** Mean squared difference of logarithms. */
export class MeanSquaredLogarithmicError extends MeanOf {
  static override readonly className = 'MeanSquaredLogarithmicError';
  static override readonly defaultName = 'mean_squared_logarithmic_error';
  protected values = losses.meanSquaredLogarithmicError;
}
/** Mean log(cosh(error)). */
export class LogCoshError extends MeanOf {
  static override readonly className = 'LogCoshError';
  static override readonly defaultName = 'logcosh';
  protected values = losses.logCosh;
}
const axisFields = {
  /** Axis of the vectors; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Mean cosine of the angle between labels and predictions. */
export class CosineSimilarity extends MeanOf<typeof axisFields> {
  static override readonly className = 'CosineSimilarity';
  static override readonly defaultName = 'cosine_similarity';
  static override readonly fields = axisFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return ops.negative(losses.cosineSimilarity(yTrue, yPred, this.config));
  }
  /** Keras does not write the axis; one other than the last must not be lost. */
  override getConfig(): Config {
    const { axis, ...config } = super.getConfig();
    return axis === -1 ? config : { ...config, axis };
  }
}
export interface CosineSimilarity extends Resolved<typeof axisFields> {}

/** Mean hinge loss. */
export class Hinge extends MeanOf {
  static override readonly className = 'Hinge';
  static override readonly defaultName = 'hinge';
  protected values = losses.hinge;
}
/** Mean squared hinge loss. */
export class SquaredHinge extends MeanOf {
  static override readonly className = 'SquaredHinge';
  static override readonly defaultName = 'squared_hinge';
  protected values = losses.squaredHinge;
}
/** Mean categorical hinge loss. */
export class CategoricalHinge extends MeanOf {
  static override readonly className = 'CategoricalHinge';
  static override readonly defaultName = 'categorical_hinge';
  protected values = losses.categoricalHinge;
}

/** Mean Kullback-Leibler divergence. */
export class KLDivergence extends MeanOf {
  static override readonly className = 'KLDivergence';
  static override readonly defaultName = 'kl_divergence';
  protected values = losses.klDivergence;
}
/** Mean negative log-likelihood of counts. */
export class Poisson extends MeanOf {
  static override readonly className = 'Poisson';
  static override readonly defaultName = 'poisson';
  protected values = losses.poisson;
}
const binaryFields = {
  /** Whether predictions are logits; probabilities by default. */
  fromLogits: f.bool(false),
  /** How far labels are moved towards the uniform distribution: from 0 (not at all, the default) to 1 (entirely). */
  labelSmoothing: f.number({ initial: 0, min: 0, max: 1 }),
};
/** Mean cross-entropy of labels that are 0 or 1. */
export class BinaryCrossentropy extends MeanOf<typeof binaryFields> {
  static override readonly className = 'BinaryCrossentropy';
  static override readonly defaultName = 'binary_crossentropy';
  static override readonly fields = binaryFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return losses.binaryCrossentropy(yTrue, yPred, this.config);
  }
}
export interface BinaryCrossentropy extends Resolved<typeof binaryFields> {}
const categoricalFields = {
  ...binaryFields,
  /** Axis of the classes; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Mean cross-entropy of one-hot labels. */
export class CategoricalCrossentropy extends MeanOf<typeof categoricalFields> {
  static override readonly className = 'CategoricalCrossentropy';
  static override readonly defaultName = 'categorical_crossentropy';
  static override readonly fields = categoricalFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return losses.categoricalCrossentropy(yTrue, yPred, this.config);
  }
}
export interface CategoricalCrossentropy extends Resolved<typeof categoricalFields> {}
const sparseFields = {
  /** Whether predictions are scores before softmax (or sigmoid); false by default. */
  fromLogits: f.bool(false),
  /** Label whose samples are ignored, such as -1 or 255. */
  ignoreClass: f.nullable(f.int()),
  /** Axis of the classes; the last by default. */
  axis: f.int({ initial: -1 }),
};
/** Mean cross-entropy of labels that are class numbers. */
export class SparseCategoricalCrossentropy extends MeanOf<typeof sparseFields> {
  static override readonly className = 'SparseCategoricalCrossentropy';
  static override readonly defaultName = 'sparse_categorical_crossentropy';
  static override readonly fields = sparseFields;
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    return losses.sparseCategoricalCrossentropy(yTrue, yPred, this.config);
  }
  protected override validity(yTrue: Tensor, yPred: Tensor): Tensor | null {
    const { ignoreClass, axis } = this.config;
    if (ignoreClass === null) return null;
    const isColumn = yTrue.shape.length === yPred.shape.length && yTrue.shape.at(axis) === 1;
    return ops.notEqual(isColumn ? ops.squeeze(yTrue, { axis }) : yTrue, ignoreClass);
  }
}
export interface SparseCategoricalCrossentropy extends Resolved<typeof sparseFields> {}
