import type { Fields, Resolved } from '../base/field/field.ts';
import { f } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { countConfusion } from './confusion.ts';
import { Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

/** `count` thresholds from 0 to 1; a single one is 0.5. */
const evenThresholds = (count: number): readonly number[] =>
  count === 1 ? [0.5] : Array.from({ length: count }, (_, k) => k / (count - 1));
const share = (part: Variable, rest: Variable): Tensor => ops.divideNoNan(part.value, ops.add(part.value, rest.value));

const base = {
  /** How many thresholds from 0 to 1 are tried; 200 by default. */
  numThresholds: f.int({ initial: 200, min: 1 }),
  /** The only class that counts; null for all. */
  classId: f.nullable(f.int({ min: 0 })),
};
const part = f.number({ min: 0, max: 1 });

/** The best value of one measure over the thresholds at which another reaches a given value. */
abstract class OperatingPoint<S extends Fields & typeof base> extends Metric<
  S,
  [yTrue: Like, yPred: Like, options?: UpdateOptions]
> {
  readonly #options = this.config as { numThresholds: number; classId: number | null };
  readonly #thresholds = evenThresholds(this.#options.numThresholds);
  readonly #make = (name: string): Variable => this.addVariable([this.#thresholds.length], { name });
  readonly #truePositives = this.#make('true_positives');
  readonly #falsePositives = this.#make('false_positives');
  readonly #trueNegatives = this.#make('true_negatives');
  readonly #falseNegatives = this.#make('false_negatives');

  /** The thresholds, evenly from 0 to 1. */
  get thresholds(): readonly number[] {
    return this.#thresholds;
  }
  /** Weights of positive samples above each threshold, `[numThresholds]`. */
  get truePositives(): Variable {
    return this.#truePositives;
  }
  /** Weights of negative samples above each threshold, `[numThresholds]`. */
  get falsePositives(): Variable {
    return this.#falsePositives;
  }
  /** Weights of negative samples that are not above each threshold, `[numThresholds]`. */
  get trueNegatives(): Variable {
    return this.#trueNegatives;
  }
  /** Weights of positive samples that are not above each threshold, `[numThresholds]`. */
  get falseNegatives(): Variable {
    return this.#falseNegatives;
  }

  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const sampleWeight = countedWeight(given);
    const thresholds = this.#thresholds;
    const counts = {
      truePositives: this.#truePositives,
      falsePositives: this.#falsePositives,
      trueNegatives: this.#trueNegatives,
      falseNegatives: this.#falseNegatives,
    };
    countConfusion(counts, yTrue, yPred, { thresholds, sampleWeight, classId: this.#options.classId });
  }
  protected get measuredRecall(): Tensor {
    return share(this.#truePositives, this.#falseNegatives);
  }
  protected get measuredPrecision(): Tensor {
    return share(this.#truePositives, this.#falsePositives);
  }
  protected get measuredSpecificity(): Tensor {
    return share(this.#trueNegatives, this.#falsePositives);
  }
  protected best(measure: Tensor, constrained: Tensor, least: number): Tensor {
    return ops.max(ops.where(ops.greaterEqual(constrained, least), measure, 0), { initial: 0 });
  }
}

const specificityFields = {
  ...base,
  /** The specificity, from 0 to 1, at which the best sensitivity is looked for. */
  specificity: part,
};
/** The best sensitivity at a given specificity. */
export class SensitivityAtSpecificity extends OperatingPoint<typeof specificityFields> {
  static override readonly className = 'SensitivityAtSpecificity';
  /** The value the other measure must reach, from the option `specificity`. */
  get value(): number {
    return this.config.specificity;
  }
  static override readonly fields = specificityFields;
  protected override compute(): Tensor {
    return this.best(this.measuredRecall, this.measuredSpecificity, this.config.specificity);
  }
}
export interface SensitivityAtSpecificity extends Resolved<typeof specificityFields> {}
const sensitivityFields = {
  ...base,
  /** The sensitivity, from 0 to 1, at which the best specificity is looked for. */
  sensitivity: part,
};
/** The best specificity at a given sensitivity. */
export class SpecificityAtSensitivity extends OperatingPoint<typeof sensitivityFields> {
  static override readonly className = 'SpecificityAtSensitivity';
  /** The value the other measure must reach, from the option `sensitivity`. */
  get value(): number {
    return this.config.sensitivity;
  }
  static override readonly fields = sensitivityFields;
  protected override compute(): Tensor {
    return this.best(this.measuredSpecificity, this.measuredRecall, this.config.sensitivity);
  }
}
export interface SpecificityAtSensitivity extends Resolved<typeof sensitivityFields> {}
const recallFields = {
  ...base,
  /** The recall, from 0 to 1, at which the best precision is looked for. */
  recall: part,
};
/** The best precision at a given recall. */
export class PrecisionAtRecall extends OperatingPoint<typeof recallFields> {
  static override readonly className = 'PrecisionAtRecall';
  /** The value the other measure must reach, from the option `recall`. */
  get value(): number {
    return this.config.recall;
  }
  static override readonly fields = recallFields;
  protected override compute(): Tensor {
    return this.best(this.measuredPrecision, this.measuredRecall, this.config.recall);
  }
}
export interface PrecisionAtRecall extends Resolved<typeof recallFields> {}
const precisionFields = {
  ...base,
  /** The precision, from 0 to 1, at which the best recall is looked for. */
  precision: part,
};
/** The best recall at a given precision. */
export class RecallAtPrecision extends OperatingPoint<typeof precisionFields> {
  static override readonly className = 'RecallAtPrecision';
  /** The value the other measure must reach, from the option `precision`. */
  get value(): number {
    return this.config.precision;
  }
  static override readonly fields = precisionFields;
  protected override compute(): Tensor {
    return this.best(this.measuredRecall, this.measuredPrecision, this.config.precision);
  }
}
export interface RecallAtPrecision extends Resolved<typeof precisionFields> {}
