import { floatx } from '../../../base/config.ts';
import type { DType } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { type Field, f, type Options, type Resolved } from '../../../base/field/field.ts';
import { makeFromConfig } from '../../../base/registry/configured.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { digitize } from '../../../ops/index.ts';
import { hostValue, type Like, type Tensor, tensor } from '../../../tensor/index.ts';
import type { InputSpec } from '../../layer/input-spec.ts';
import { type AnyLayer, Layer, type LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { type AdaptData, type AdaptOptions, announce, learn } from '../adapting.ts';
import { encodeCategories } from '../encode.ts';
import { outputModeField, sparseField } from '../text/bins.ts';
import { boundariesOf, mergeSummaries, type Summary, summarize } from './quantile-summary.ts';

const isNumbers = (v: unknown): v is readonly number[] => Array.isArray(v) && v.every((x) => typeof x === 'number');
const boundariesField: Field<readonly number[] | null, readonly number[] | null, false> = f.nullable(
  f.custom<readonly number[], readonly number[]>({
    expects: 'a list of numbers',
    check: isNumbers,
    parse: (v) => [...v],
    isFloat: true,
  }),
);
const fields = {
  /** The boundaries between bins, in ascending order: one fewer than there are bins. Or give `numBins`. */
  binBoundaries: boundariesField,
  /** Number of bins with equally many samples each: `adapt` finds their boundaries. */
  numBins: f.nullable(f.int({ min: 0 })),
  /** Allowed error of the quantiles from which boundaries are found: smaller values take more memory. */
  epsilon: f.number({ initial: 0.01 }),
  /** `int`: the number of the bin; `one_hot`: a vector for each; `multi_hot` or `count`: one vector per sample. */
  outputMode: outputModeField(['int', 'one_hot', 'multi_hot', 'count'], 'int'),
  /** Sparse results are not made. */
  sparse: sparseField(),
};
const none: Summary = { values: [], weights: [] };

export interface Discretization extends Omit<Resolved<typeof fields>, 'binBoundaries'> {}
/**
 * Turns numbers into those of the bins that contain them: `(n, …)` stays `(n, …)` of int32, or becomes vectors by `outputMode`. A number on a
 * boundary belongs to the bin above it. Give the boundaries, or the number of bins and call `adapt(data)`.
 * @example new Discretization({ binBoundaries: [0, 1, 2] })([[-1.5, 1.0, 3.4, 0.5]]) // [[0, 2, 3, 1]]
 * @see https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
 */
export class Discretization extends Layer<typeof fields> {
  static override readonly className = 'Discretization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  #boundaries: readonly number[] | null;
  #summary = none;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { binBoundaries = null, numBins = null } = options;
    if ((binBoundaries === null) === (numBins === null))
      fail(
        this,
        `${numBins === null ? 'neither' : 'both'} numBins (num_bins) and binBoundaries (bin_boundaries) are given`,
        'give one of them',
      );
    this.#boundaries = binBoundaries && [...binBoundaries];
  }
  /** The boundaries between bins; null before they are known. */
  get binBoundaries(): readonly number[] | null {
    return this.#boundaries;
  }
  /** A summary of the samples so far; null if the boundaries were given. */
  get summary(): Summary | null {
    return this.numBins === null ? null : this.#summary;
  }
  override get inputDtype(): DType {
    return floatx();
  }
  /** Finds the boundaries of data. A promise where they come as an asynchronous stream. */
  adapt(data: AsyncIterable<unknown> | (() => AsyncIterable<unknown>), options?: AdaptOptions): Promise<void>;
  adapt(data: AdaptData, options?: AdaptOptions): void;
  adapt(data: AdaptData, options: AdaptOptions = {}): void | Promise<void> {
    if (this.numBins === null)
      fail(this, 'its binBoundaries (bin_boundaries) were given', 'give numBins instead, then call adapt(data)');
    return learn(this, data, options, {
      begin: () => this.resetState(),
      takeAll: (samples) => this.updateState(samples),
      takeBatch: (batch) => this.updateState(batch),
      finish: () => this.finalizeState(),
    });
  }
  /** Takes in a batch of samples. */
  updateState(data: Like): void {
    const { data: numbers } = hostValue(tensor(data));
    this.#summary = mergeSummaries(
      summarize(Array.from(numbers as ArrayLike<number>), this.epsilon),
      this.#summary,
      this.epsilon,
    );
  }
  /** Computes the boundaries from the samples so far. */
  finalizeState(): void {
    if (this.numBins !== null) this.#boundaries = boundariesOf(this.#summary, this.numBins);
  }
  /** Forgets the samples so far. */
  resetState(): void {
    if (this.numBins !== null) this.#summary = none;
  }
  call(inputs: Tensor): Tensor {
    const boundaries =
      this.#boundaries ?? fail(this, 'it has no boundaries yet', 'give binBoundaries, or call adapt(data)');
    return encodeCategories(digitize(inputs, [...boundaries]), {
      mode: this.outputMode,
      depth: boundaries.length + 1,
      dtype: this.outputDtype,
    });
  }
  /** The dtype of its results. */
  get outputDtype(): DType {
    return this.outputMode === 'int' ? 'int32' : this.computeDtype;
  }
  override computeOutputShape(shape: SymbolicShape): SymbolicShape {
    const { outputMode } = this;
    if (outputMode === 'int') return shape;
    const depth = this.#boundaries ? this.#boundaries.length + 1 : this.numBins;
    if (outputMode === 'one_hot')
      return shape.length > 1 && shape.at(-1) === 1 ? [...shape.slice(0, -1), depth] : [...shape, depth];
    return shape.length >= 2 ? [shape[0], ...shape.slice(2), depth] : [depth];
  }
  override computeOutputSpec(...args: unknown[]) {
    const [x] = args as [Tensor];
    return announce(this, args, { shape: this.computeOutputShape(x.shape), dtype: this.outputDtype });
  }
  /** Older files contain the summary from which the boundaries in the config were made. */
  override loadOwnVariables(store: Readonly<Record<string, Like>>): void {
    void store;
  }
  override getConfig(): Config {
    const { numBins, epsilon, outputMode, sparse, name } = this;
    return {
      bin_boundaries: this.#boundaries,
      num_bins: numBins,
      epsilon,
      output_mode: outputMode,
      sparse,
      name,
      dtype: this.dtypePolicy.name,
    };
  }
  /** A layer of a config, in which boundaries that `adapt` found stand beside the number of bins. */
  static override fromConfig(config: Config): AnyLayer {
    const { bin_boundaries: boundaries, ...rest } = config;
    // A config that a layer gave holds every option; options that a user gave in its place are the constructor's to judge.
    const isWhole = 'epsilon' in rest && 'output_mode' in rest;
    const isAdapted =
      isWhole && boundaries !== null && boundaries !== undefined && typeof rest['num_bins'] === 'number';
    if (!isAdapted) return makeFromConfig(Discretization, config);
    if (!isNumbers(boundaries))
      fail(String(config['name']), 'its config holds bin_boundaries that are no list of numbers', 'check the file');
    const layer = makeFromConfig<Discretization>(Discretization, rest);
    layer.#boundaries = boundaries as readonly number[];
    return layer as AnyLayer;
  }

  static {
    ownLayer(this, { adapt: 2 });
  }
}
