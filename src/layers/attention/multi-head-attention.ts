import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type Field, f, type Resolved } from '../../base/field/field.ts';
import { type Config, serializeObject } from '../../base/registry/serialize.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import { cast, dotProductAttention, einsum, expandDims, multiply, sigmoid } from '../../ops/index.ts';
import type { KerasTensor, Like, Tensor } from '../../tensor/index.ts';
import { Softmax } from '../activations/softmax.ts';
import type { EinsumDense } from '../core/einsum-dense.ts';
import { buildInputs } from '../layer/calls.ts';
import { inner, optionsOf } from '../layer/inner.ts';
import { Layer } from '../layer/layer.ts';
import { maskOf } from '../layer/masks.ts';
import { Dropout } from '../regularization/dropout.ts';
import { attentionMask } from './attention-mask.ts';
import { projectionFields } from './fields.ts';
import {
  attentionEquations,
  namedShapes,
  type ProjectedCallOptions,
  policyInConfig,
  projection,
  shapesIn,
  type WithoutScores,
  type WithScores,
} from './projections.ts';

type IntOrInts = number | readonly number[];
const isPositive = (n: unknown): n is number => Number.isInteger(n) && (n as number) > 0;
const positives: Field<IntOrInts, readonly number[], true> = f.custom<IntOrInts, readonly number[]>({
  expects: 'an integer >= 1 or an array of them',
  check: (v): v is IntOrInts => (Array.isArray(v) ? v.every(isPositive) : isPositive(v)),
  parse: (v) => (typeof v === 'number' ? [v] : v),
});
const fields = {
  /** Number of heads. */
  numHeads: f.int({ min: 1 }),
  /** Size of each head for query and key. */
  keyDim: f.int({ min: 1 }),
  /** Size of each head for the values; null for `keyDim`. */
  valueDim: f.nullable(f.int({ min: 1 })),
  ...projectionFields,
  /** Size, or sizes, of the last axes of the output; null for that of the query. */
  outputShape: f.nullable(positives),
  /** The axes to attend over; null for all between batch and channels. */
  attentionAxes: f.nullable(positives),
};

export interface MultiHeadAttention extends Omit<Resolved<typeof fields>, 'activityRegularizer'> {
  (
    query: KerasTensor,
    value: Like | KerasTensor,
    options: WithScores<ProjectedCallOptions>,
  ): [KerasTensor, KerasTensor];
  (query: Like, value: Like, options: WithScores<ProjectedCallOptions>): [Tensor, Tensor];
  (query: KerasTensor, value: Like | KerasTensor, options?: WithoutScores<ProjectedCallOptions>): KerasTensor;
  (query: Like, value: Like, options?: WithoutScores<ProjectedCallOptions>): Tensor;
}
/**
 * Query, value and key `[n, …, c]` are projected to several heads; in each, a query gets the mean of the values weighted by the
 * softmax of `query · key / sqrt(keyDim)`; the results of the heads are projected back.
 * @example new MultiHeadAttention({ numHeads: 8, keyDim: 64 })(x, x, { useCausalMask: true })
 * @see https://keras.io/api/layers/attention_layers/multi_head_attention/
 */
export class MultiHeadAttention extends Layer<
  typeof fields,
  [query: Tensor, value: Tensor, options?: ProjectedCallOptions],
  Tensor | [Tensor, Tensor]
> {
  static override readonly className = 'MultiHeadAttention';
  static override readonly attributesInKeras = { softmax: '_softmax', dropoutLayer: '_dropout_layer' };
  static override readonly fields = fields;
  override supportsMasking = true;
  /** Penalties on activity belong to the projections. */
  override readonly activityRegularizer = null;
  /** Makes queries of all heads. */
  queryDense!: EinsumDense;
  /** Makes keys of all heads. */
  keyDense!: EinsumDense;
  private gateDense: EinsumDense | null = null;
  /** Makes values of all heads. */
  valueDense!: EinsumDense;
  private softmax!: Softmax;
  private dropoutLayer!: Dropout;
  /** Makes outputs of what all heads found. */
  outputDense!: EinsumDense;
  #axes: readonly number[] = [];

  override build(queryShape: SymbolicShape, valueShape: SymbolicShape, keyShape: SymbolicShape = valueShape): void {
    const { numHeads, keyDim } = this;
    if (queryShape.length < 3 || valueShape.at(-2) === undefined || valueShape.length !== keyShape.length)
      fail(
        this,
        `query, value and key have shapes ${[queryShape, valueShape, keyShape].map(showShape).join(', ')}`,
        'give [batch, positions, channels]',
      );
    const valueDim = this.valueDim ?? keyDim;
    const rank = queryShape.length;
    const make = (name: string, shape: SymbolicShape, size: number): EinsumDense => {
      const dense = projection(this.#options, name, { rank: shape.length, bound: 1, to: [numHeads, size] });
      dense.build(shape);
      return dense;
    };
    this.queryDense = make('query', queryShape, keyDim);
    this.keyDense = make('key', keyShape, keyDim);
    if (this.useGate) this.gateDense = make('gate', queryShape, valueDim);
    this.valueDense = make('value', valueShape, valueDim);
    this.#axes = this.attentionAxes ?? range(rank - 2).map((d) => d + 1);
    this.softmax = new Softmax({ axis: this.#axes.map((_, k) => k - this.#axes.length), dtype: this.dtypePolicy });
    this.dropoutLayer = new Dropout({ rate: this.dropout, dtype: this.dtypePolicy, seed: this.seed });
    const to = this.outputShape ?? [queryShape.at(-1)!];
    this.outputDense = projection(this.#options, 'attention_output', { rank: rank + 1, bound: 2, to });
    this.outputDense.build([...queryShape.slice(0, -1), numHeads, valueDim]);
  }
  /** The options with the dtype, as the projections take them. */
  get #options() {
    return { ...optionsOf(this), dtypePolicy: this.dtypePolicy };
  }

  get #projections() {
    return [this.queryDense, this.keyDense, this.gateDense, this.valueDense, this.outputDense];
  }

  call(queryInput: Tensor, valueInput: Tensor, options: ProjectedCallOptions = {}): Tensor | [Tensor, Tensor] {
    const { training = false, returnAttentionScores = false } = options;
    const keyInput = options.key ?? valueInput;
    const mask = attentionMask(queryInput, valueInput, keyInput, options, this.slidingWindow);
    const query = this.queryDense(queryInput);
    const key = this.keyDense(keyInput);
    const value = this.valueDense(valueInput);
    const isPlain = this.dropout === 0 && !returnAttentionScores && query.shape.length === 4;
    const [found, scores] = isPlain
      ? [this.#fused(query, key, value, mask), undefined]
      : this.#explicit(query, key, value, mask, training);
    const gated = this.gateDense ? multiply(found, sigmoid(this.gateDense(queryInput))) : found;
    const outputs = this.outputDense(gated);
    return returnAttentionScores ? [outputs, scores!] : outputs;
  }
  #fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | undefined): Tensor {
    return dotProductAttention(query, key, value, {
      mask: mask && (mask.shape.length === 3 ? expandDims(mask, 1) : mask),
      scale: 1 / Math.sqrt(this.keyDim),
    });
  }
  /** The scores are computed explicitly, so that they can be dropped or returned: a query that sees nothing gets 0. */
  #explicit(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | undefined, training: boolean): [Tensor, Tensor] {
    const [products, combine] = attentionEquations(query.shape.length, this.#axes);
    const scaled = multiply(query, cast(1 / Math.sqrt(this.keyDim), query.dtype));
    const logits = einsum(products, key, scaled);
    const heads = -this.#axes.length * 2 - 1;
    let spread = mask;
    while (spread && spread.shape.length < logits.shape.length) spread = expandDims(spread, heads);
    const scores = spread ? this.softmax(logits, { mask: spread }) : this.softmax(logits);
    const kept = this.dropoutLayer(scores, { training });
    return [einsum(combine, kept, value), scores];
  }

  override computeMask(query: unknown, mask: Tensor | null | undefined): Tensor | null {
    return mask ?? maskOf(query as Tensor) ?? null;
  }
  override [buildInputs](args: readonly unknown[], { key }: ProjectedCallOptions): readonly unknown[] {
    return key ? [...args, key] : args;
  }
  override getBuildConfig(): Config | null {
    return namedShapes(this[inner].shapes);
  }
  override buildFromConfig(config: Config): void {
    this.build(...shapesIn(this, config));
  }
  override getConfig(): Config {
    return {
      ...super.getConfig(),
      dtype: serializeObject(policyInConfig(this, this.#projections)),
      value_dim: this.valueDim ?? this.keyDim,
      attention_axes: this.built ? this.#axes : this.attentionAxes,
    };
  }

  static {
    exactMethods(this);
  }
}
