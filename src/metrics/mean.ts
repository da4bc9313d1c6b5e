import { optionFromDisk, optionToDisk } from '../base/case.ts';
import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import type { Fields } from '../base/field/field.ts';
import { show } from '../base/options.ts';
import { type Config, deserializeObject, serializeObject } from '../base/registry/serialize.ts';
import { range } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import { alignRanks } from '../losses/align.ts';
import * as ops from '../ops/index.ts';
import type { Like } from '../tensor/like.ts';
import { currentReplicas } from '../tensor/replicas.ts';
import { accumulate, Metric, type MetricOptions, type UpdateOptions } from './metric.ts';
import { countedWeight, type Given } from './weights.ts';

type Reduce = (x: Tensor, options: { axis: readonly number[] }) => Tensor;

/** Values and weights reduced to one per sample. */
function bySample(
  given: Tensor,
  weights: Tensor | null,
  reduce: Reduce,
  dtype: DType,
): [values: Tensor, weights: Tensor | null] {
  let [values, weight] = [ops.cast(given, dtype), weights && ops.cast(weights, dtype)];
  const over = (x: Tensor, from: number): Tensor =>
    x.shape.length > from ? reduce(x, { axis: range(x.shape.length).slice(from) }) : x;
  if (weight) {
    [values, weight] = alignRanks(values, weight);
    values = over(values, weight.shape.length);
    weight = ops.broadcastTo(weight, values.shape);
    values = ops.multiply(values, weight);
    weight = over(weight, 1);
  }
  return [over(values, 1), weight];
}
/** Sum of values, weighted. */
export class Sum extends Metric<{}, [values: Like, options?: UpdateOptions]> {
  static override readonly className = 'Sum';
  static override readonly defaultName = 'sum';
  /** The sum so far, a scalar. */
  readonly total = this.addVariable([], { name: 'total', dtype: this.dtype });

  protected override update(values: Tensor, given: Given = {}): void {
    accumulate(this.total, ops.sum(bySample(values, countedWeight(given, this.dtype), ops.sum, this.dtype)[0]));
  }
  protected override compute(): Tensor {
    return this.total.value;
  }
}

/** A mean over samples: the state is the sum and the count. */
export abstract class Averaged<S extends Fields = {}, Args extends unknown[] = any> extends Metric<S, Args> {
  /** The sum of the samples' values, each times its weight, a scalar. */
  readonly total = this.addVariable([], { name: 'total', dtype: this.dtype });
  /** The number of samples so far, or the sum of their weights, a scalar. */
  readonly count = this.addVariable([], { name: 'count', dtype: this.dtype });

  protected take(given: Tensor, sampleWeight: Tensor | null): void {
    // A number is a mean over the rows of the batch that this replica has.
    const weight = sampleWeight ?? (given.shape.length === 0 ? (currentReplicas()?.share ?? null) : null);
    const [values, weights] = bySample(given, weight, ops.mean, this.dtype);
    accumulate(this.total, ops.sum(values));
    const samples = values.shape.length > 0 ? values.shape[0] : 1;
    accumulate(this.count, weights ? ops.sum(weights) : ops.full([], samples, { dtype: this.dtype }));
  }
  protected override compute(): Tensor {
    return ops.divideNoNan(this.total.value, this.count.value);
  }
}

/** Mean of values, weighted. */
export class Mean extends Averaged<{}, [values: Like, options?: UpdateOptions]> {
  static override readonly className = 'Mean';
  static override readonly defaultName = 'mean';
  protected override update(values: Tensor, given: Given = {}): void {
    this.take(values, countedWeight(given, this.dtype));
  }
}

/** Mean of a function of labels and predictions. */
export abstract class MeanOf<S extends Fields = {}> extends Averaged<
  S,
  [yTrue: Like, yPred: Like, options?: UpdateOptions]
> {
  /** The function's value for each sample. */
  protected abstract values(yTrue: Tensor, yPred: Tensor): Tensor;
  /** A mask of the samples that count; null for all. */
  protected validity(_yTrue: Tensor, _yPred: Tensor): Tensor | null {
    return null;
  }
  protected override update(yTrue: Tensor, yPred: Tensor, given: Given = {}): void {
    const weight = countedWeight(given, this.dtype);
    const valid = weight && this.validity(yTrue, yPred);
    this.take(this.values(yTrue, yPred), countedWeight({ sampleWeight: weight, mask: valid }, this.dtype));
  }
}

/** A function of labels and predictions, and further options. */
export type MetricFunction = (yTrue: Tensor, yPred: Tensor, options?: any) => Tensor;
const renamed = (options: object, rename: (key: string) => string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [rename(key), value]));

/** Mean of any function of labels and predictions: `new MeanMetricWrapper(fn, { name, ...options of the function })`. */
export class MeanMetricWrapper extends MeanOf {
  static override readonly className: string = 'MeanMetricWrapper';
  /** The function whose mean is taken: labels and predictions to a value for each sample. */
  readonly fn: MetricFunction;
  readonly #options: Readonly<Record<string, unknown>>;

  constructor(
    fn: MetricFunction,
    { name, dtype, ...options }: MetricOptions & Record<string, unknown> = {},
    ...surplus: undefined[]
  ) {
    super({ name, dtype }, ...surplus);
    this.fn = fn;
    this.#options = options;
  }
  protected values(yTrue: Tensor, yPred: Tensor): Tensor {
    const options = Object.keys(this.#options).length > 0 ? [this.#options] : [];
    const values: unknown = this.fn(yTrue, yPred, ...options);
    if (!(values instanceof Tensor))
      fail(this, `its function gave ${show(values)}, which is no tensor`, 'give a value for each sample, made by ops');
    return values as Tensor;
  }
  override getConfig(): Config {
    return { ...super.getConfig(), fn: serializeObject(this.fn), ...renamed(this.#options, optionToDisk) };
  }
  static override fromConfig<T>({ fn, ...config }: Config): T {
    return new MeanMetricWrapper(deserializeObject(fn) as MetricFunction, renamed(config, optionFromDisk)) as T;
  }
}
