import { isInteger } from '../../base/dtype.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { add, cast, notEqual, take } from '../../ops/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { type AnyLayer, Layer } from '../layer/layer.ts';
import { Lora, type LoraOptions, loraFields, withLora } from '../layer/lora.ts';
import { quantizationField, quantizedWeight } from '../layer/quantization.ts';

export const embeddingFields = {
  /** Number of rows: inputs are integers from 0 to `inputDim - 1`. */
  inputDim: f.int({ min: 1 }),
  /** Size of each row. */
  outputDim: f.int({ min: 1 }),
  /** Initializer of the vectors; `'uniform'` by default. */
  embeddingsInitializer: initializerField('uniform'),
  /** Penalty on the vectors, added to the loss. */
  embeddingsRegularizer: regularizerField(),
  /** Penalty on the output of the layer, added to the loss. */
  activityRegularizer: regularizerField(),
  /** Applied to the vectors after each update. */
  embeddingsConstraint: constraintField(),
  /** Whether input 0 is padding that the following layers ignore. */
  maskZero: f.bool(false),
  /** How weights are quantized, if the dtype policy of the layer is a quantized one. */
  quantizationConfig: quantizationField(),
};
const fields = { ...embeddingFields, ...loraFields };

export interface Embedding extends Resolved<typeof fields> {}
/** A table of learned rows, looked up by integers: `(n, …)` becomes `(n, …, outputDim)`. @see https://keras.io/api/layers/core_layers/embedding/ */
export class Embedding extends Layer<typeof fields> {
  static override readonly className = 'Embedding';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = this.maskZero;
  /** The rows, `[inputDim, outputDim]`. */
  embeddings!: Variable;
  #lora: Lora | null = null;

  override build(): void {
    this.embeddings = addEmbeddings(this);
    if (this.loraRank !== null) this.enableLora(this.loraRank, { loraAlpha: this.loraAlpha });
  }
  /** Whether a correction of low rank is trained in place of the weight. */
  get loraEnabled(): boolean {
    return this.#lora !== null;
  }
  /** Freezes the rows and trains a correction of low rank instead. */
  enableLora(rank: number, options: LoraOptions = {}): void {
    this.#lora = new Lora(this, this.embeddings, rank, options);
  }
  call(inputs: Tensor): Tensor {
    const rows = lookUp(this.embeddings, inputs);
    const lora = this.#lora;
    return cast(lora ? add(rows, lora.correct(lookUp(lora.a, inputs))) : rows, this.computeDtype);
  }
  override computeMask(inputs: Tensor): Tensor | null {
    return this.maskZero ? notEqual(inputs, 0) : null;
  }
  override getConfig(): Config {
    return withLora(super.getConfig(), this.#lora);
  }

  static {
    exactMethods<Embedding>(this, { enableLora: 2 });
  }
}

type Rows = Resolved<typeof embeddingFields> & AnyLayer;
/** The weight that holds the rows. */
export const addEmbeddings = (layer: Rows): Variable =>
  quantizedWeight(layer, [layer.inputDim, layer.outputDim]) ??
  layer.addWeight({
    name: 'embeddings',
    shape: [layer.inputDim, layer.outputDim],
    initializer: layer.embeddingsInitializer,
    regularizer: layer.embeddingsRegularizer,
    constraint: layer.embeddingsConstraint,
  });
/** Rows of a table by their numbers. */
export const lookUp = (table: Variable, inputs: Tensor): Tensor =>
  take(table, isInteger(inputs.dtype) ? inputs : cast(inputs, 'int32'), { axis: 0 });
