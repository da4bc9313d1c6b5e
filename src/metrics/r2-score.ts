import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignRanks } from '../losses/align.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import type { Variable } from '../tensor/variable.ts';
import { accumulate, Metric, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

const fields = {
  /** How the scores of the outputs are averaged; null returns one score per output. */
  classAggregation: f.nullable(
    f.oneOf(['uniform_average', 'variance_weighted_average'], 'uniform_average'),
    'uniform_average',
  ),
  /** Number of independent variables, for the adjusted score; 0 for the plain one. */
  numRegressors: f.int({ initial: 0, min: 0 }),
};
/** `1 - Σ(yTrue - yPred)² / Σ(yTrue - mean)²`. */
export class R2Score extends Metric<typeof fields, [yTrue: Like, yPred: Like, options?: UpdateOptions]> {
  static override readonly className = 'R2Score';
  static override readonly defaultName = 'r2_score';
  static override readonly fields = fields;
  /** How many labels were seen, a scalar: samples times outputs. */
  readonly numSamples = this.addVariable([], { name: 'num_samples' });
  #squares!: Variable;
  #sum!: Variable;
  #residual!: Variable;
  #count!: Variable;
  override built = false;

  override build(yTrue: Shape, yPred: Shape): void {
    if (this.built) return;
    if (yTrue.length !== 2 || yPred.length !== 2)
      fail(
        this,
        `labels have shape ${showShape(yTrue)}, predictions ${showShape(yPred)}`,
        'give both the shape [batch, outputs]',
      );
    const make = (name: string): Variable => this.addVariable([yPred[1]], { name });
    this.#squares = make('squared_sum');
    this.#sum = make('sum');
    this.#residual = make('residual');
    this.#count = make('count');
    this.built = true;
  }
  protected override update(yTrue: Tensor, yPred: Tensor, options: Given = {}): void {
    const sampleWeight = countedWeight(options);
    const [t, y] = alignRanks(ops.cast(yTrue, this.dtype), ops.cast(yPred, this.dtype));
    const given = sampleWeight ? ops.cast(sampleWeight, this.dtype) : ops.ones([], { dtype: this.dtype });
    const weight = ops.broadcastTo(given.shape.length === 1 ? ops.expandDims(given, 1) : given, t.shape);
    const weighted = ops.multiply(t, weight);
    const total = (x: Tensor): Tensor => ops.sum(x, { axis: 0 });
    accumulate(this.#sum, total(weighted));
    accumulate(this.#squares, total(ops.multiply(t, weighted)));
    accumulate(this.#residual, total(ops.multiply(ops.square(ops.subtract(t, y)), weight)));
    accumulate(this.#count, total(weight));
    accumulate(this.numSamples, ops.full([], t.shape[0] * t.shape[1], { dtype: this.dtype }));
  }
  protected override compute(): Tensor {
    const { classAggregation, numRegressors } = this.config;
    const spread = ops.subtract(
      this.#squares.value,
      ops.multiply(this.#sum.value, ops.divide(this.#sum.value, this.#count.value)),
    );
    const raw = ops.subtract(1, ops.divide(this.#residual.value, spread));
    const scores = ops.where(ops.isinf(raw), 0, raw);
    const score =
      classAggregation === null
        ? scores
        : classAggregation === 'uniform_average'
          ? ops.mean(scores)
          : ops.divide(ops.sum(ops.multiply(spread, scores)), ops.sum(spread));
    if (numRegressors === 0) return score;
    // With no more samples than regressors, the plain score is returned.
    const rest = ops.subtract(this.numSamples.value, 1);
    const freedom = ops.subtract(rest, numRegressors);
    const adjusted = ops.subtract(1, ops.divide(ops.multiply(ops.subtract(1, score), rest), freedom));
    return ops.where(ops.greater(freedom, 0), adjusted, score);
  }
}
export interface R2Score extends Resolved<typeof fields> {}
