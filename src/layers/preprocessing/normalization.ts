import { epsilon } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type Field, f, type Options, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { range, type Shape, type SymbolicShape, showShape, sizeOf } from '../../base/shape.ts';
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
import { isTypedArray, type Nested, nest, Tensor, tensor, type Variable } from '../../tensor/index.ts';
import { inner } from '../layer/inner.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { type AdaptData, type AdaptOptions, learn } from './adapting.ts';

type Axes = number | readonly number[] | null;
const axisField: Field<Axes, readonly number[], false> = f.custom<Axes, readonly number[]>({
  expects: 'an integer, an array of integers, or null',
  check: (v): v is Axes => v === null || (Array.isArray(v) ? v.every(Number.isInteger) : Number.isInteger(v)),
  parse: (v) => (v === null ? [] : typeof v === 'number' ? [v] : v),
  initial: -1,
});
type Statistics = Nested | ArrayLike<number> | Tensor;
const isNumbers = (v: unknown): v is Statistics =>
  typeof v === 'number' || v instanceof Tensor || isTypedArray(v) || (Array.isArray(v) && v.every(isNumbers));
const nestOf = (v: Statistics): Nested =>
  v instanceof Tensor ? nest(v, v.dataSync()) : isTypedArray(v) ? Array.from(v) : (v as Nested);
const numbersField = (): Field<Statistics | null, Nested | null, false> =>
  f.nullable(f.custom<Statistics, Nested>({ expects: 'numbers', check: isNumbers, parse: nestOf }));
const fields = {
  /** Axes along which each position has its own statistics; null for a single mean and variance. */
  axis: axisField,
  /** The mean, if it is known: one number, or as many as the last of the kept axes have positions; otherwise `adapt` finds it. */
  mean: numbersField(),
  /** The variance, if it is known, in the shape of the mean. */
  variance: numbersField(),
  /** Whether the layer does the reverse. */
  invert: f.bool(false),
};
/** The statistics of the data so far: how many numbers, their mean and variance. */
interface Seen {
  readonly count: number;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export interface Normalization extends Omit<Resolved<typeof fields>, 'mean' | 'variance'> {}
/**
 * `(x - mean) / sqrt(variance)` in the shape of x, with statistics that are given or that `adapt(data)` finds: by default one of each for
 * every position of the last axis. The axes that are kept must have a known size. With `invert`, `x · sqrt(variance) + mean`.
 * @example new Normalization({ mean: 3, variance: 2 })([[1], [2], [3]]) // [[-1.4142], [-0.7071], [0]]
 * @see https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
 */
export class Normalization extends Layer<typeof fields> {
  static override readonly className = 'Normalization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** The mean that `adapt` found, with the sizes of `axis`; null before building, or if `mean` was given. */
  adaptMean: Variable | null = null;
  /** The variance that `adapt` found, with the sizes of `axis`; null before building, or if `variance` was given. */
  adaptVariance: Variable | null = null;
  /** Always 0: only there because Keras's files hold it. Null like `adaptMean`. */
  count: Variable | null = null;
  #shape: SymbolicShape | null = null;
  /** The shape that a file says it was built on. */
  #noted: SymbolicShape | null = null;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { mean: given, variance } = this[inner].options;
    const { axis } = this;
    if ((given === null) !== (variance === null))
      fail(this, `only one of mean and variance is given`, 'give both, or neither and call adapt(data)');
    if (given === null || variance === null) return;
    for (const [what, { shape }] of [
      ['mean', tensor(given)],
      ['variance', tensor(variance)],
    ] as const)
      if (shape.length > axis.length)
        fail(
          this,
          `${what} has shape ${showShape(shape)}, and axis [${axis.join(', ')}] names ${axis.length}`,
          'give at most as many axes as `axis` names',
        );
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
    this.#shape = inputShape;
    if (this[inner].options.mean !== null) return;
    const shape = kept.map((d) => inputShape[d]!);
    this.adaptMean = this.addWeight({ name: 'mean', shape, initializer: 'zeros', trainable: false });
    this.adaptVariance = this.addWeight({ name: 'variance', shape, initializer: 'ones', trainable: false });
    this.count = this.addWeight({ name: 'count', shape: [], dtype: 'int32', initializer: 'zeros', trainable: false });
  }
  /**
   * Finds mean and variance of data: an array or tensor, or a sequence of batches, possibly with labels. A promise
   * where the data are an asynchronous stream.
   */
  adapt(data: AsyncIterable<unknown> | (() => AsyncIterable<unknown>), options?: AdaptOptions): Promise<void>;
  adapt(data: AdaptData, options?: AdaptOptions): void;
  adapt(data: AdaptData, options: AdaptOptions = {}): void | Promise<void> {
    if (this[inner].options.mean !== null)
      fail(this, 'mean and variance were given', 'leave them out to find them with adapt(data)');
    let seen: Seen | undefined;
    const take = (batch: Tensor): void => {
      seen = this.#join(seen, cast(batch, this.computeDtype));
    };
    return learn(this, data, options, {
      begin: () => {},
      takeAll: take,
      takeBatch: take,
      finish: () => {
        const found = seen ?? fail(this, 'adapt got no data', 'give at least one batch');
        this.adaptMean!.assign(found.mean);
        this.adaptVariance!.assign(found.variance);
      },
    });
  }
  /** The statistics with another batch included. */
  #join(before: Seen | undefined, batch: Tensor): Seen {
    if (!this.built) this.build(batch.shape);
    const { shape } = batch;
    const kept = this.#keptAxes(shape.length);
    if (shape.length !== this.#shape!.length || kept.some((d) => shape[d] !== this.#shape![d]))
      fail(
        this,
        `data of shape ${showShape(shape)} came, and it is built on ${showShape(this.#shape!)}`,
        'give data of one shape along the axes that are kept',
      );
    const axis = range(shape.length).filter((d) => !kept.includes(d));
    const own = { count: sizeOf(axis.map((d) => shape[d])), mean: mean(batch, { axis }), variance: varianceOf(batch, { axis }) }; // biome-ignore format: one thought
    if (!before) return own;
    const count = before.count + own.count;
    const share = own.count / count;
    const weighted = (a: Tensor, b: Tensor): Tensor => add(multiply(a, 1 - share), multiply(b, share));
    const joined = weighted(before.mean, own.mean);
    const spread = (part: Seen): Tensor => add(part.variance, square(subtract(part.mean, joined)));
    return { count, mean: joined, variance: weighted(spread(before), spread(own)) };
  }
  call(inputs: Tensor): Tensor {
    const x = cast(inputs, this.computeDtype);
    const deviation = maximum(sqrt(this.variance), epsilon());
    return this.invert ? add(this.mean, multiply(x, deviation)) : divide(subtract(x, this.mean), deviation);
  }
  /** The mean that is subtracted, in a shape that broadcasts with the inputs. */
  get mean(): Tensor {
    return this.#statistic('mean', this.adaptMean);
  }
  /** The variance by whose root inputs are divided, in a shape that broadcasts with the inputs. */
  get variance(): Tensor {
    return this.#statistic('variance', this.adaptVariance);
  }
  /** A statistic along its axes: given values belong to the last of them. */
  #statistic(name: 'mean' | 'variance', found: Variable | null): Tensor {
    const given = this[inner].options[name];
    if (given === null && !found) fail(this, `it has no ${name} yet`, 'let adapt(data) find it, or call the layer');
    const value = given === null ? found!.read() : tensor(given, { dtype: this.computeDtype });
    if (!this.#shape) return value;
    const rank = this.#shape.length;
    const axes = this.#keptAxes(rank).slice(this.axis.length - value.shape.length);
    const shape: Shape = range(rank).map((d) => (axes.includes(d) ? value.shape[axes.indexOf(d)] : 1));
    return cast(reshape(value, shape), this.computeDtype);
  }
  override computeOutputShape(shape: SymbolicShape): SymbolicShape {
    return shape;
  }
  /** Notes the shape that a file says it was built on: possibly that of the data it was adapted to. */
  noteBuildConfig(config: unknown): void {
    const { input_shape: shape } = (config ?? {}) as { readonly input_shape?: unknown };
    if (Array.isArray(shape)) this.#noted = shape as SymbolicShape;
  }
  override getBuildConfig(): Config | null {
    const shape = this.#noted ?? this.#shape;
    return shape && { input_shape: shape };
  }

  static {
    exactMethods<Normalization>(this, { adapt: 2 });
  }
}
