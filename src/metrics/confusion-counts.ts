import type { Exposed } from '../base/exposed.ts';
import { type Field, f } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { type Counts, countConfusion, lowest, thresholdsOf } from './confusion.ts';
import { Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

type Thresholds = number | readonly number[] | null;
const inRange = (v: unknown): boolean => typeof v === 'number' && v >= 0 && v <= 1;
/** A threshold, several, or null for the standard one. */
const thresholds: Field<Thresholds, Thresholds, false> = f.custom<Thresholds, Thresholds>({
  expects: 'a number from 0 to 1, an array of such, or null',
  check: (v): v is Thresholds => v === null || (Array.isArray(v) ? v.every(inRange) : inRange(v)),
  parse: (v) => v,
  initial: null,
  isFloat: true,
});
type Args = [yTrue: Like, yPred: Like, options?: UpdateOptions];
/** Unwraps the result for a single threshold. */
const oneOrAll = (x: Tensor): Tensor => (x.shape[0] === 1 ? ops.reshape(x, []) : x);

const countFields = {
  /** Predictions above it count as positive: a number from 0 to 1, or several, for a result each; 0.5 by default. */
  thresholds,
};
/** A count of one kind, at each threshold. */
abstract class Count extends Metric<typeof countFields, Args> {
  static override readonly fields = countFields;
  readonly #limits = thresholdsOf(this.config.thresholds, 0.5);
  /** The count at each threshold, `[thresholds]`: weights of samples, where there are any. */
  readonly accumulator = this.addVariable([this.#limits.length], { name: 'accumulator' });
  /** The thresholds. */
  get thresholds(): readonly number[] {
    return this.#limits;
  }
  protected abstract counts(accumulator: Variable): Counts;

  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const sampleWeight = countedWeight(given);
    countConfusion(this.counts(this.accumulator), yTrue, yPred, { thresholds: this.#limits, sampleWeight });
  }
  protected override compute(): Tensor {
    return oneOrAll(this.accumulator.value);
  }
}
/** Number of true positives. */
export class TruePositives extends Count {
  static override readonly className = 'TruePositives';
  protected counts(truePositives: Variable): Counts {
    return { truePositives };
  }
}
/** Number of true negatives. */
export class TrueNegatives extends Count {
  static override readonly className = 'TrueNegatives';
  protected counts(trueNegatives: Variable): Counts {
    return { trueNegatives };
  }
}
/** Number of false positives. */
export class FalsePositives extends Count {
  static override readonly className = 'FalsePositives';
  protected counts(falsePositives: Variable): Counts {
    return { falsePositives };
  }
}
/** Number of false negatives. */
export class FalseNegatives extends Count {
  static override readonly className = 'FalseNegatives';
  protected counts(falseNegatives: Variable): Counts {
    return { falseNegatives };
  }
}

const shareFields = {
  /** Predictions above it count as positive: one number, or several for a vector of results; 0.5 by default. */
  thresholds,
  /** Whether only the k largest predictions of a row can be positive. */
  topK: f.nullable(f.int({ min: 1 })),
  /** The only class that counts; null for all. */
  classId: f.nullable(f.int({ min: 0 })),
};
/** True positives as a fraction of something. */
abstract class Share extends Metric<typeof shareFields, Args> {
  static override readonly fields = shareFields;
  readonly #limits = thresholdsOf(this.config.thresholds, this.config.topK === null ? 0.5 : lowest);
  readonly #hits = this.addVariable([this.#limits.length], { name: 'true_positives' });
  readonly #misses = this.addVariable([this.#limits.length], { name: this.missName() });
  /** The thresholds. */
  get thresholds(): readonly number[] {
    return this.#limits;
  }
  /** Number of positives that are predicted, at each threshold. */
  get truePositives(): Variable {
    return this.#hits;
  }
  protected get misses(): Variable {
    return this.#misses;
  }
  protected abstract missName(): string;
  protected abstract counts(hits: Variable, misses: Variable): Counts;

  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const sampleWeight = countedWeight(given);
    const { topK, classId } = this.config;
    const options = { thresholds: this.#limits, sampleWeight, topK, classId };
    countConfusion(this.counts(this.#hits, this.#misses), yTrue, yPred, options);
  }
  protected override compute(): Tensor {
    const hits = this.#hits.value;
    return oneOrAll(ops.divideNoNan(hits, ops.add(hits, this.#misses.value)));
  }
}
// biome-ignore lint/correctness/noUnusedVariables: merges with the class
interface Share extends Exposed<typeof shareFields, 'thresholds'> {}
/** The fraction of predicted positives that are correct. */
export class Precision extends Share {
  static override readonly className = 'Precision';
  /** Number of negatives that are predicted as positive, at each threshold. */
  get falsePositives(): Variable {
    return this.misses;
  }
  protected missName(): string {
    return 'false_positives';
  }
  protected counts(truePositives: Variable, falsePositives: Variable): Counts {
    return { truePositives, falsePositives };
  }
}
/** The fraction of positives that are predicted. */
export class Recall extends Share {
  static override readonly className = 'Recall';
  /** Number of positives that are predicted as negative, at each threshold. */
  get falseNegatives(): Variable {
    return this.misses;
  }
  protected missName(): string {
    return 'false_negatives';
  }
  protected counts(truePositives: Variable, falseNegatives: Variable): Counts {
    return { truePositives, falseNegatives };
  }
}
