import { asDType } from '../../base/dtype.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { add, cast, divide, matmul, multiply, notEqual, tanh, transpose } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { Lora, type LoraOptions, loraFields, withLora } from '../layer/lora.ts';
import { setMask } from '../layer/masks.ts';
import { addEmbeddings, embeddingFields, lookUp } from './embedding.ts';

const fields = {
  ...embeddingFields,
  /** Whether the reverse direction uses the same weights, transposed. */
  tieWeights: f.bool(true),
  /** Dtype of the reverse products; null for that of the layer. */
  reverseDtype: f.nullable(f.string()),
  /** Limits the reverse products to ±cap by `cap · tanh(x / cap)`. */
  logitSoftCap: f.nullable(f.number({ min: 0 })),
  ...loraFields,
};

/** Options of the layer's call. */
interface ReverseOptions extends CallOptions {
  /** Whether vectors are turned back into a number for each row. */
  readonly reverse?: boolean | undefined;
}

export interface ReversibleEmbedding extends Resolved<typeof fields> {}
/**
 * A table of learned rows that also works in reverse: `layer(ids)` looks rows up, `layer(x, { reverse: true })` returns the products of
 * vectors with all rows. @see https://keras.io/api/layers/core_layers/reversible_embedding/
 */
export class ReversibleEmbedding extends Layer<typeof fields, [inputs: Tensor, options?: ReverseOptions]> {
  static override readonly className = 'ReversibleEmbedding';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = this.maskZero;
  /** The rows, `[inputDim, outputDim]`. */
  embeddings!: Variable;
  /** The weights of the reverse direction, `[outputDim, inputDim]`; null if `tieWeights` uses the rows instead. */
  reverseEmbeddings: Variable | null = null;
  #lora: Lora | null = null;

  override build(): void {
    this.embeddings = addEmbeddings(this);
    if (!this.tieWeights && !this.reverseEmbeddings)
      this.reverseEmbeddings = this.addWeight({
        name: 'reverse_embeddings',
        shape: [this.outputDim, this.inputDim],
        initializer: this.embeddingsInitializer,
      });
    if (this.loraRank !== null) this.enableLora(this.loraRank, { loraAlpha: this.loraAlpha });
  }
  /** Whether a correction of low rank is trained in place of the rows. */
  get loraEnabled(): boolean {
    return this.#lora !== null;
  }
  /** Freezes the rows and trains a correction of low rank instead, in both directions where the weights are tied. */
  enableLora(rank: number, options: LoraOptions = {}): void {
    this.#lora = new Lora(this, this.embeddings, rank, options);
  }
  call(inputs: Tensor, { reverse = false }: ReverseOptions = {}): Tensor {
    const lora = this.#lora;
    if (!reverse) {
      const rows = lookUp(this.embeddings, inputs);
      const y = cast(lora ? add(rows, lora.correct(lookUp(lora.a, inputs))) : rows, this.computeDtype);
      return this.#masked(y, inputs);
    }
    const kernel = this.reverseEmbeddings?.read() ?? transpose(lora?.read() ?? this.embeddings);
    const dtype = this.reverseDtype === null ? this.computeDtype : asDType(this.reverseDtype, this.className);
    const logits = matmul(cast(inputs, dtype), cast(kernel, dtype));
    const cap = this.logitSoftCap;
    return cap === null ? logits : multiply(tanh(divide(logits, cap)), cap);
  }
  override symbolicCall(inputs: Tensor, options?: ReverseOptions): Tensor {
    const y = super.symbolicCall(inputs, options);
    return options?.reverse ? y : this.#masked(y, inputs);
  }
  /** Rows with the mask of their numbers; the reverse direction has none. */
  #masked(rows: Tensor, inputs: Tensor): Tensor {
    if (this.maskZero) setMask(rows, notEqual(inputs, 0));
    return rows;
  }
  override computeMask(): null {
    return null;
  }
  override getConfig(): Config {
    return withLora(super.getConfig(), this.#lora);
  }

  static {
    exactMethods<ReversibleEmbedding>(this, { enableLora: 2 });
  }
}
