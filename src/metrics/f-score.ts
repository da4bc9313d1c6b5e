import { epsilon } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignLeading } from '../losses/align.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { accumulate, Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

const positive = (least: number, expects: string, initial?: number) =>
  f.custom<number, number>({
    expects,
    check: (v): v is number => typeof v === 'number' && v > 0 && v <= least,
    parse: (v) => v,
    isFloat: true,
    ...(initial !== undefined && { initial }),
  });
const fields = {
  /**
   * How the scores of classes are averaged: "micro" counts all classes together, "weighted" weights by frequency; null
   * returns one score per class.
   */
  average: f.nullable(f.oneOf(['micro', 'macro', 'weighted'], 'micro')),
  /** The weight of recall relative to precision. */
  beta: { ...positive(Infinity, 'a number > 0'), required: false as const, initial: 1 },
  /** Threshold above which a prediction is positive; null: the largest of each row. */
  threshold: f.nullable(positive(1, 'a number > 0 and <= 1')),
};

/** `(1 + β²) · precision · recall / (β² · precision + recall)`, for labels and predictions `[batch, classes]`. */
export class FBetaScore extends Metric<typeof fields, [yTrue: Like, yPred: Like, options?: UpdateOptions]> {
  static override readonly className: string = 'FBetaScore';
  static override readonly defaultName: string = 'fbeta_score';
  static override readonly fields = fields;
  #truePositives!: Variable;
  #falsePositives!: Variable;
  #falseNegatives!: Variable;
  #weights!: Variable;
  override built = false;

  /** The axis along which counts are summed; none if all classes are counted together. */
  get axis(): number | null {
    return this.config.average === 'micro' ? null : 0;
  }
  override build(yTrue: Shape, yPred: Shape): void {
    if (this.built) return;
    if (yTrue.length !== 2 || yPred.length !== 2)
      fail(
        this,
        `labels have shape ${showShape(yTrue)}, predictions ${showShape(yPred)}`,
        'give both the shape [batch, classes]',
      );
    const shape = this.config.average === 'micro' ? [] : [yPred[1]];
    const make = (name: string): Variable => this.addVariable(shape, { name, dtype: this.dtype });
    this.#truePositives = make('true_positives');
    this.#falsePositives = make('false_positives');
    this.#falseNegatives = make('false_negatives');
    this.#weights = make('intermediate_weights');
    this.built = true;
  }
  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const { axis } = this;
    const { threshold } = this.config;
    const [t, scores] = [ops.cast(yTrue, this.dtype), ops.cast(yPred, this.dtype)];
    const isPositive =
      threshold === null
        ? ops.logicalAnd(
            ops.greaterEqual(scores, ops.max(scores, { axis: -1, keepdims: true })),
            ops.greater(ops.absolute(scores), 1e-9),
          )
        : ops.greater(scores, threshold);
    const y = ops.cast(isPositive, this.dtype);
    const counted = countedWeight(given, this.dtype);
    const weight = counted && alignLeading(ops.cast(counted, this.dtype), t)[0];
    const sum = (x: Tensor): Tensor => ops.sum(weight ? ops.multiply(x, weight) : x, { axis });
    accumulate(this.#truePositives, sum(ops.multiply(y, t)));
    accumulate(this.#falsePositives, sum(ops.multiply(y, ops.subtract(1, t))));
    accumulate(this.#falseNegatives, sum(ops.multiply(ops.subtract(1, y), t)));
    accumulate(this.#weights, sum(t));
  }
  protected override compute(): Tensor {
    const { average, beta } = this.config;
    const hit = this.#truePositives.value;
    const share = (misses: Tensor): Tensor => ops.divide(hit, ops.add(ops.add(hit, misses), epsilon()));
    const [precision, recall] = [share(this.#falsePositives.value), share(this.#falseNegatives.value)];
    const both = ops.add(ops.multiply(precision, beta ** 2), recall);
    const mean = ops.divide(ops.multiply(precision, recall), ops.add(both, epsilon()));
    const score = ops.multiply(mean, 1 + beta ** 2);
    if (average === null) return score;
    if (average !== 'weighted') return ops.mean(score);
    const weights = ops.divide(this.#weights.value, ops.add(ops.sum(this.#weights.value), epsilon()));
    return ops.sum(ops.multiply(score, weights));
  }
}
export interface FBetaScore extends Resolved<typeof fields> {}
/** Harmonic mean of precision and recall. */
export class F1Score extends FBetaScore {
  static override readonly className = 'F1Score';
  static override readonly defaultName = 'f1_score';
  override getConfig(): Config {
    const { beta: _, ...config } = super.getConfig();
    return config;
  }
}
