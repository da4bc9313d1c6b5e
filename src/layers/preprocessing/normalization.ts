import { epsilon } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type Field, f, type Options, type Resolved } from '../../base/field/field.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import {
  add,
  cast,
  divide,
  maximum,
  mean,
  multiply,
  reshape,
  sqrt,
  square,
  subtract,
  var as varianceOf,
} from '../../ops/index.ts';
import { asTensor, type Like, type Nested, Tensor, tensor, type Variable } from '../../tensor/index.ts';
import { inner } from '../layer/inner.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';

type Axes = number | readonly number[] | null;
const axisField: Field<Axes, readonly number[], false> = f.custom<Axes, readonly number[]>({
  expects: 'an integer, an array of integers, or null',
  check: (v): v is Axes => v === null || (Array.isArray(v) ? v.every(Number.isInteger) : Number.isInteger(v)),
  parse: (v) => (v === null ? [] : typeof v === 'number' ? [v] : v),
  initial: -1,
});
const isNumbers = (v: unknown): v is Nested => typeof v === 'number' || (Array.isArray(v) && v.every(isNumbers));
const numbersField = (): Field<Nested | null, Nested | null, false> =>
  f.nullable(f.custom<Nested, Nested>({ expects: 'numbers', check: isNumbers, parse: (v) => v }));
const fields = {
  /** Axes of which each position has statistics of its own; null for one of each for all. */
  axis: axisField,
  /** The mean, where it is known; else `adapt` finds it. */
  mean: numbersField(),
  /** The variance, where it is known. */
  variance: numbersField(),
  /** Whether the layer does the reverse. */
  invert: f.bool(false),
};

export interface Normalization extends Omit<Resolved<typeof fields>, 'mean' | 'variance'> {}
/** `(x - mean) / sqrt(variance)`, with statistics that are given or that `adapt(data)` finds. @see https://keras.io/api/layers/preprocessing_layers/numerical/normalization/ */
export class Normalization extends Layer<typeof fields> {
  static override readonly className = 'Normalization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  adaptMean: Variable | null = null;
  adaptVariance: Variable | null = null;
  count: Variable | null = null;
  #rank = 0;

  constructor(options: Options<typeof fields> & LayerOptions = {}) {
    super(options);
    const { mean, variance } = this[inner].options;
    if ((mean === null) !== (variance === null))
      fail(this, `only one of mean and variance is given`, 'give both, or neither and call adapt(data)');
  }
  /** The mean that is subtracted, given or found, in a shape that goes with the inputs. */
  get mean(): Tensor {
    return this.#statistic('mean', this.adaptMean);
  }
  /** The variance by whose root inputs are divided, given or found, in a shape that goes with the inputs. */
  get variance(): Tensor {
    return this.#statistic('variance', this.adaptVariance);
  }
  #statistic(name: 'mean' | 'variance', found: Variable | null): Tensor {
    const given = this[inner].options[name];
    if (given !== null) return tensor(given, { dtype: this.computeDtype });
    if (!found) fail(this, `it has no ${name} yet`, 'let adapt(data) find it, or call the layer');
    const kept = this.#keptAxes(this.#rank);
    const along = range(this.#rank).map((d) => (kept.includes(d) ? found!.shape[kept.indexOf(d)]! : 1));
    return reshape(found!.read(), along);
  }
  #keptAxes(rank: number): number[] {
    return this.axis.map((d) => (d < 0 ? d + rank : d)).sort((a, b) => a - b);
  }
  override build(inputShape: SymbolicShape): void {
    const kept = this.#keptAxes(inputShape.length);
    if (kept.some((d) => d < 0 || d >= inputShape.length || inputShape[d] === null))
      fail(
        this,
        `axis [${this.axis.join(', ')}] names no axes of known size in inputs of shape ${showShape(inputShape)}`,
        'name axes that exist and have a known size',
      );
    this.#rank = inputShape.length;
    if (this[inner].options.mean !== null) return;
    const shape = kept.map((d) => inputShape[d]!);
    this.adaptMean = this.addWeight({ name: 'mean', shape, initializer: 'zeros', trainable: false });
    this.adaptVariance = this.addWeight({ name: 'variance', shape, initializer: 'ones', trainable: false });
    this.count = this.addWeight({ name: 'count', shape: [], dtype: 'int32', initializer: 'zeros', trainable: false });
  }
  /** Finds mean and variance of data: a tensor, or batches of them. */
  adapt(data: Like | Iterable<Tensor>): void {
    if (this[inner].options.mean !== null)
      fail(this, 'mean and variance were given', 'leave them out to find them with adapt(data)');
    const isOne = data instanceof Tensor || !isBatches(data);
    const batches = isOne ? [asTensor(data as Like, this.computeDtype)] : [...(data as Iterable<Tensor>)];
    const first = batches[0] ?? fail(this, 'adapt got no data', 'give at least one batch');
    this.build(first.shape);
    const kept = this.#keptAxes(first.shape.length);
    const axis = range(first.shape.length).filter((d) => !kept.includes(d));
    let [seen, total, spread] = [0, mean(first, { axis }), varianceOf(first, { axis })];
    batches.forEach((batch, k) => {
      const n = batch.shape[0];
      const share = n / (seen + n);
      if (k > 0) {
        const [m, v] = [mean(batch, { axis }), varianceOf(batch, { axis })];
        const joined = add(multiply(total, 1 - share), multiply(m, share));
        const within = add(multiply(spread, 1 - share), multiply(v, share));
        const between = add(
          multiply(square(subtract(total, joined)), 1 - share),
          multiply(square(subtract(m, joined)), share),
        );
        [total, spread] = [joined, add(within, between)];
      }
      seen += n;
    });
    this.adaptMean!.assign(total);
    this.adaptVariance!.assign(spread);
  }
  call(inputs: Tensor): Tensor {
    const x = cast(inputs, this.computeDtype);
    const deviation = maximum(sqrt(this.variance), epsilon());
    return this.invert ? add(this.mean, multiply(x, deviation)) : divide(subtract(x, this.mean), deviation);
  }

  static {
    exactMethods(this);
  }
}
const isBatches = (x: unknown): x is Iterable<Tensor> =>
  Array.isArray(x)
    ? x[0] instanceof Tensor
    : typeof x === 'object' && x !== null && !ArrayBuffer.isView(x) && Symbol.iterator in x;
