import { epsilon } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import type { Exposed } from '../base/exposed.ts';
import { f } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import { tensor } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { countConfusion } from './confusion.ts';
import { Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

const anyCase = <const T extends string>(values: readonly T[], initial: T) =>
  f.custom<string, T>({
    expects: `one of ${values.map((v) => `"${v}"`).join(', ')}`,
    check: (v): v is string => typeof v === 'string' && values.some((x) => x.toLowerCase() === v.toLowerCase()),
    parse: (v) => values.find((x) => x.toLowerCase() === v.toLowerCase())!,
    initial,
  });
const numbers = f.custom<readonly number[], readonly number[]>({
  expects: 'an array of numbers',
  check: (v): v is readonly number[] => Array.isArray(v) && v.every((x) => typeof x === 'number'),
  parse: (v) => [...v],
  isFloat: true,
});
const fields = {
  /** Number of thresholds used to approximate the curve. */
  numThresholds: f.int({ initial: 200, min: 2 }),
  /** True over false positives ("ROC"), precision over recall ("PR"), or their gains ("PRGAIN"). */
  curve: anyCase(['ROC', 'PR', 'PRGAIN'], 'ROC'),
  /** Height of the curve between thresholds: the mean, the smaller or the larger. */
  summationMethod: anyCase(['interpolation', 'minoring', 'majoring'], 'interpolation'),
  /** Whether each class has a curve of its own. */
  multiLabel: f.bool(false),
  /** Number of labels, if `multiLabel` keeps one curve per label. */
  numLabels: f.nullable(f.int({ min: 1 })),
  /** Weights of the classes. */
  labelWeights: f.nullable(numbers),
  /** Whether predictions are scores before softmax (or sigmoid); false by default. */
  fromLogits: f.bool(false),
  /** Thresholds between 0 and 1, instead of evenly spaced ones. */
  thresholds: f.nullable(numbers),
};

/** Area under a curve, summed over thresholds. */
export class AUC extends Metric<typeof fields, [yTrue: Like, yPred: Like, options?: UpdateOptions]> {
  static override readonly className = 'AUC';
  static override readonly fields = fields;
  readonly #limits: readonly number[];
  #truePositives!: Variable;
  #falsePositives!: Variable;
  #trueNegatives!: Variable;
  #falseNegatives!: Variable;
  override built = false;

  constructor(options: ConstructorParameters<typeof Metric<typeof fields>>[0] = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { thresholds, numThresholds, multiLabel, numLabels } = this.config;
    const inner = thresholds
      ? thresholds.toSorted((a, b) => a - b)
      : Array.from({ length: numThresholds - 2 }, (_, k) => (k + 1) / (numThresholds - 1));
    // The ends lie a little outside, so that rounding leaves no prediction out.
    this.#limits = [-epsilon(), ...inner, 1 + epsilon()];
    if (numLabels !== null && !multiLabel)
      fail(this, 'numLabels is given, but classes are not counted apart', 'leave it out, or set multiLabel: true');
    if (!multiLabel || numLabels !== null) this.build([], multiLabel ? [0, numLabels!] : []);
  }
  /** The thresholds, from a little below 0 to a little above 1. */
  get thresholds(): readonly number[] {
    return this.#limits;
  }
  get numThresholds(): number {
    return this.#limits.length;
  }
  /** Counts at each threshold; with separate classes, they exist once the metric is built. */
  get truePositives(): Variable {
    return this.#truePositives;
  }
  /** Weights of negative samples above each threshold; a row for each threshold, as in `truePositives`. */
  get falsePositives(): Variable {
    return this.#falsePositives;
  }
  /** Weights of negative samples that are not above each threshold. */
  get trueNegatives(): Variable {
    return this.#trueNegatives;
  }
  /** Weights of positive samples that are not above each threshold. */
  get falseNegatives(): Variable {
    return this.#falseNegatives;
  }
  override build(_: Shape, yPred: Shape): void {
    if (this.built) return;
    const { multiLabel } = this.config;
    if (multiLabel && yPred.length !== 2)
      fail(
        this,
        `predictions have shape ${showShape(yPred)}`,
        'give predictions of shape [batch, labels], or set multiLabel: false',
      );
    const shape = multiLabel ? [this.#limits.length, yPred[1]] : [this.#limits.length];
    const make = (name: string): Variable => this.addVariable(shape, { name });
    this.#truePositives = make('true_positives');
    this.#falsePositives = make('false_positives');
    this.#trueNegatives = make('true_negatives');
    this.#falseNegatives = make('false_negatives');
    this.built = true;
  }
  get #labelWeights(): Tensor | null {
    const { labelWeights } = this.config;
    return labelWeights && tensor(labelWeights as number[], { dtype: this.dtype });
  }
  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const sampleWeight = countedWeight(given);
    const { multiLabel, fromLogits } = this.config;
    const counts = {
      truePositives: this.#truePositives,
      falsePositives: this.#falsePositives,
      trueNegatives: this.#trueNegatives,
      falseNegatives: this.#falseNegatives,
    };
    countConfusion(counts, yTrue, fromLogits ? ops.sigmoid(yPred) : yPred, {
      thresholds: this.#limits,
      sampleWeight,
      multiLabel,
      labelWeights: multiLabel ? null : this.#labelWeights,
    });
  }

  protected override compute(): Tensor {
    const { curve, summationMethod, multiLabel } = this.config;
    const areas =
      curve === 'PR' && summationMethod === 'interpolation' ? this.#interpolatedPrecision() : this.#rectangles();
    if (!multiLabel) return ops.sum(areas);
    const byLabel = ops.sum(areas, { axis: 0 });
    const weights = this.#labelWeights;
    return weights ? ops.divideNoNan(ops.sum(ops.multiply(byLabel, weights)), ops.sum(weights)) : ops.mean(byLabel);
  }
  /** Values at all thresholds but the last, and at all but the first. */
  #neighbours(x: Tensor): [before: Tensor, after: Tensor] {
    const n = this.#limits.length;
    return [ops.getItem(x, { slice: [0, n - 1] }), ops.getItem(x, { slice: [1, n] })];
  }
  #rectangles(): Tensor {
    const { summationMethod } = this.config;
    const [x, y] = this.#points();
    const [[left, right], [before, after]] = [this.#neighbours(x), this.#neighbours(y)];
    const height =
      summationMethod === 'interpolation'
        ? ops.divide(ops.add(before, after), 2)
        : (summationMethod === 'minoring' ? ops.minimum : ops.maximum)(before, after);
    return ops.multiply(ops.subtract(left, right), height);
  }
  #points(): [x: Tensor, y: Tensor] {
    const [tp, fp] = [this.#truePositives.value, this.#falsePositives.value];
    const [tn, fn] = [this.#trueNegatives.value, this.#falseNegatives.value];
    const share = (a: Tensor, b: Tensor): Tensor => ops.divideNoNan(a, ops.add(a, b));
    if (this.config.curve === 'ROC') return [share(fp, tn), share(tp, fn)];
    if (this.config.curve === 'PR') return [share(tp, fn), share(tp, fp)];
    const scale = ops.divideNoNan(ops.add(tp, fn), ops.add(tn, fp));
    const gain = (misses: Tensor): Tensor => ops.subtract(1, ops.multiply(scale, ops.divideNoNan(misses, tp)));
    const isEmpty = ops.equal(tp, 0);
    const recall = ops.maximum(ops.where(isEmpty, 0, gain(fn)), 0);
    return [recall, ops.where(isEmpty, 1, gain(fp))];
  }
  /** Precision between thresholds, interpolated as Davis and Goadrich (2006) do: true positives are linear, precision is not. */
  #interpolatedPrecision(): Tensor {
    const [tp, nextTp] = this.#neighbours(this.#truePositives.value);
    const [p, nextP] = this.#neighbours(ops.add(this.#truePositives.value, this.#falsePositives.value));
    const [, nextFn] = this.#neighbours(this.#falseNegatives.value);
    const gained = ops.subtract(tp, nextTp);
    const slope = ops.divideNoNan(gained, ops.maximum(ops.subtract(p, nextP), 0));
    const intercept = ops.subtract(nextTp, ops.multiply(slope, nextP));
    const isProper = ops.logicalAnd(ops.greater(p, 0), ops.greater(nextP, 0));
    const ratio = ops.where(isProper, ops.divideNoNan(p, ops.maximum(nextP, 0)), 1);
    const area = ops.multiply(slope, ops.add(gained, ops.multiply(intercept, ops.log(ratio))));
    return ops.divideNoNan(area, ops.maximum(ops.add(nextTp, nextFn), 0));
  }

  override getConfig(): Config {
    const { thresholds, ...config } = super.getConfig();
    const written = { ...config, num_thresholds: this.#limits.length };
    return thresholds === null ? written : { ...written, thresholds: this.#limits.slice(1, -1) };
  }
}
export interface AUC extends Exposed<typeof fields, 'thresholds' | 'numThresholds'> {}
