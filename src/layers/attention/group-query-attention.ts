import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Options, type Resolved } from '../../base/field/field.ts';
import { type Config, serializeObject } from '../../base/registry/serialize.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { cast, dotProductAttention, einsum, expandDims, multiply, repeat, sigmoid } from '../../ops/index.ts';
import type { KerasTensor, Like, Tensor } from '../../tensor/index.ts';
import { Softmax } from '../activations/softmax.ts';
import type { EinsumDense } from '../core/einsum-dense.ts';
import { buildInputs } from '../layer/calls.ts';
import { inner, optionsOf } from '../layer/inner.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { maskOf } from '../layer/masks.ts';
import { Dropout } from '../regularization/dropout.ts';
import { attentionMask } from './attention-mask.ts';
import { projectionFields } from './fields.ts';
import {
  namedShapes,
  type ProjectedCallOptions,
  policyInConfig,
  projection,
  shapesIn,
  type WithoutScores,
  type WithScores,
} from './projections.ts';

const fields = {
  /** Size of each head. */
  headDim: f.int({ min: 1 }),
  /** Number of heads of the query. */
  numQueryHeads: f.int({ min: 1 }),
  /** Number of heads of key and value; each serves several heads of the query. */
  numKeyValueHeads: f.int({ min: 1 }),
  ...projectionFields,
};

export interface GroupQueryAttention extends Omit<Resolved<typeof fields>, 'activityRegularizer'> {
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
 * Attention with several heads, of which groups share key and value (https://arxiv.org/abs/2305.13245).
 * @see https://keras.io/api/layers/attention_layers/group_query_attention/
 */
export class GroupQueryAttention extends Layer<
  typeof fields,
  [query: Tensor, value: Tensor, options?: ProjectedCallOptions],
  Tensor | [Tensor, Tensor]
> {
  static override readonly className = 'GroupQueryAttention';
  static override readonly attributesInKeras = {
    queryDense: '_query_dense',
    keyDense: '_key_dense',
    gateDense: '_gate_dense',
    valueDense: '_value_dense',
    outputDense: '_output_dense',
    softmax: '_softmax',
    dropoutLayer: '_dropout_layer',
  };
  /** The class's name in Keras's source, which its files contain. */
  static readonly sourceName = 'GroupedQueryAttention';
  static override readonly fields = fields;
  override supportsMasking = true;
  /** Penalties on activity belong to the projections. */
  override readonly activityRegularizer = null;
  private queryDense!: EinsumDense;
  private keyDense!: EinsumDense;
  private gateDense: EinsumDense | null = null;
  private valueDense!: EinsumDense;
  private softmax!: Softmax;
  private dropoutLayer!: Dropout;
  private outputDense!: EinsumDense;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    if (this.numQueryHeads % this.numKeyValueHeads !== 0)
      fail(
        this,
        `numQueryHeads ${this.numQueryHeads} is no multiple of numKeyValueHeads ${this.numKeyValueHeads}`,
        'let each head of key and value serve the same number of query heads',
      );
  }
  override build(queryShape: SymbolicShape, valueShape: SymbolicShape, keyShape: SymbolicShape = valueShape): void {
    const { headDim, numQueryHeads, numKeyValueHeads } = this;
    if ([queryShape, valueShape, keyShape].some((s) => s.length !== 3))
      fail(
        this,
        `query, value and key have shapes ${[queryShape, valueShape, keyShape].map(showShape).join(', ')}`,
        'give [batch, positions, channels]',
      );
    const owner = { ...optionsOf(this), dtypePolicy: this.dtypePolicy };
    const make = (name: string, shape: SymbolicShape, heads: number): EinsumDense => {
      const dense = projection(owner, name, { rank: 3, bound: 1, to: [heads, headDim] });
      dense.build(shape);
      return dense;
    };
    this.queryDense = make('query', queryShape, numQueryHeads);
    this.keyDense = make('key', keyShape, numKeyValueHeads);
    if (this.useGate) this.gateDense = make('gate', queryShape, numQueryHeads);
    this.valueDense = make('value', valueShape, numKeyValueHeads);
    this.softmax = new Softmax({ axis: -1, dtype: this.dtypePolicy });
    this.dropoutLayer = new Dropout({ rate: this.dropout, dtype: this.dtypePolicy, seed: this.seed });
    this.outputDense = projection(owner, 'attention_output', { rank: 4, bound: 2, to: [queryShape.at(-1)!] });
    this.outputDense.build([...queryShape.slice(0, -1), numQueryHeads, headDim]);
  }

  get #projections() {
    return [this.queryDense, this.keyDense, this.gateDense, this.valueDense, this.outputDense];
  }

  call(queryInput: Tensor, valueInput: Tensor, options: ProjectedCallOptions = {}): Tensor | [Tensor, Tensor] {
    const { training = false, returnAttentionScores = false } = options;
    const keyInput = options.key ?? valueInput;
    const mask = attentionMask(queryInput, valueInput, keyInput, options, this.slidingWindow);
    const perHead = mask && (mask.shape.length === 3 ? expandDims(mask, 1) : mask);
    const query = this.queryDense(queryInput);
    const key = this.keyDense(keyInput);
    const value = this.valueDense(valueInput);
    const scale = 1 / Math.sqrt(this.headDim);
    let found: Tensor;
    let scores: Tensor | undefined;
    if (this.dropout === 0 && !returnAttentionScores)
      found = dotProductAttention(query, key, value, { mask: perHead, scale });
    else {
      const share = this.numQueryHeads / this.numKeyValueHeads;
      const [keys, values] = [repeat(key, share, { axis: 2 }), repeat(value, share, { axis: 2 })];
      const logits = einsum('btnh,bsnh->bnts', multiply(query, cast(scale, query.dtype)), keys);
      scores = perHead ? this.softmax(logits, { mask: perHead }) : this.softmax(logits);
      const kept = this.dropoutLayer(scores, { training });
      found = einsum('bnts,bsnh->btnh', kept, values);
    }
    const gated = this.gateDense ? multiply(found, sigmoid(this.gateDense(queryInput))) : found;
    const outputs = this.outputDense(gated);
    return returnAttentionScores ? [outputs, scores!] : outputs;
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
    return { ...super.getConfig(), dtype: serializeObject(policyInConfig(this, this.#projections)) };
  }

  static {
    exactMethods(this);
  }
}
