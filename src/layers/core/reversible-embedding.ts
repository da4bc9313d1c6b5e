import { asDType } from '../../base/dtype.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import { cast, divide, matmul, multiply, notEqual, tanh, transpose } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { addEmbeddings, embeddingFields, lookUp } from './embedding.ts';

const fields = {
  ...embeddingFields,
  /** Whether the way back uses the same weights, transposed. */
  tieWeights: f.bool(true),
  /** Dtype of the way back; the layer's own when null. */
  reverseDtype: f.nullable(f.string()),
  /** Confines the way back to ±cap by `cap · tanh(x / cap)`. */
  logitSoftCap: f.nullable(f.number({ min: 0 })),
};

/** Options of the layer's call. */
interface ReverseOptions extends CallOptions {
  /** Whether vectors are taken back to a number for each row. */
  readonly reverse?: boolean | undefined;
}

export interface ReversibleEmbedding extends Resolved<typeof fields> {}
/**
 * A table of learned rows that also leads back: `layer(ids)` looks rows up, `layer(x, { reverse: true })` gives the products of
 * vectors with all rows. @see https://keras.io/api/layers/core_layers/reversible_embedding/
 */
export class ReversibleEmbedding extends Layer<typeof fields, [inputs: Tensor, options?: ReverseOptions]> {
  static override readonly className = 'ReversibleEmbedding';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = this.maskZero;
  embeddings!: Variable;
  reverseEmbeddings: Variable | null = null;

  override build(): void {
    this.embeddings = addEmbeddings(this);
    if (this.tieWeights) return;
    this.reverseEmbeddings = this.addWeight({
      name: 'reverse_embeddings',
      shape: [this.outputDim, this.inputDim],
      initializer: this.embeddingsInitializer,
    });
  }
  call(inputs: Tensor, { reverse = false }: ReverseOptions = {}): Tensor {
    if (!reverse) return cast(lookUp(this.embeddings, inputs), this.computeDtype);
    const kernel = this.reverseEmbeddings?.read() ?? transpose(this.embeddings);
    const dtype = this.reverseDtype === null ? this.computeDtype : asDType(this.reverseDtype, this.className);
    const logits = matmul(cast(inputs, dtype), cast(kernel, dtype));
    const cap = this.logitSoftCap;
    return cap === null ? logits : multiply(tanh(divide(logits, cap)), cap);
  }
  override computeMask(inputs: Tensor): Tensor | null {
    return this.maskZero ? notEqual(inputs, 0) : null;
  }
}
