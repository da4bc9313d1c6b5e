import { activationField } from '../../activations/field.ts';
import { exactMethods } from '../../base/exact.ts';
import { type Field, f, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { add, einsum } from '../../ops/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { SymbolicAval, Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { Lora, type LoraOptions, loraFields, withLora } from '../layer/lora.ts';
import { quantizationField, quantizedWeight } from '../layer/quantization.ts';
import { einsumShapes } from './einsum-shapes.ts';

type OutputShape = number | SymbolicShape;
const outputShapeField: Field<OutputShape, SymbolicShape, true> = f.custom<OutputShape, SymbolicShape>({
  expects: 'an integer, or an array of integers and nulls',
  check: (v): v is OutputShape =>
    Array.isArray(v) ? v.every((n) => n === null || Number.isInteger(n)) : Number.isInteger(v),
  parse: (v) => (typeof v === 'number' ? [v] : v),
});
const fields = {
  /** The contraction: inputs, kernel, outputs, e.g. `abc,cd->abd`; `...` stands for any other axes. */
  equation: f.string(),
  /** Sizes of the output's axes without the batch axis; null for those that the input decides. */
  outputShape: outputShapeField,
  /** Function applied to the result. */
  activation: activationField(),
  /** Axes of the output, by their letters, along which a bias is learned; none when null. */
  biasAxes: f.nullable(f.string()),
  /** Initializer of the kernel; `'glorot_uniform'` by default. */
  kernelInitializer: initializerField('glorot_uniform'),
  /** Initializer of the bias; zeros by default. */
  biasInitializer: initializerField('zeros'),
  /** Penalty on the kernel, added to the loss. */
  kernelRegularizer: regularizerField(),
  /** Penalty on the bias, added to the loss. */
  biasRegularizer: regularizerField(),
  /** Penalty on the output of the layer, added to the loss. */
  activityRegularizer: regularizerField(),
  /** Applied to the kernel after each update. */
  kernelConstraint: constraintField(),
  /** Applied to the bias after each update. */
  biasConstraint: constraintField(),
  /** How weights are quantized, if the dtype policy of the layer is a quantized one. */
  quantizationConfig: quantizationField(),
  ...loraFields,
};

export interface EinsumDense extends Resolved<typeof fields> {}
/**
 * `activation(einsum(equation, x, kernel) + bias)`.
 * @example new EinsumDense({ equation: 'abc,cd->abd', outputShape: [null, 64], biasAxes: 'd' })(x)
 * @see https://keras.io/api/layers/core_layers/einsum_dense/
 */
export class EinsumDense extends Layer<typeof fields> {
  static override readonly className = 'EinsumDense';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  /** The weights: the second operand of `equation`. */
  kernel!: Variable;
  /** Added to the result, with the sizes of `biasAxes`; null without them. */
  bias: Variable | null = null;
  #lora: Lora | null = null;

  override build(inputShape: SymbolicShape): void {
    const { kernel, bias } = einsumShapes(this, inputShape);
    const shape = kernel as number[];
    this.kernel =
      quantizedWeight(this, shape) ??
      this.addWeight({
        name: 'kernel',
        shape,
        initializer: this.kernelInitializer,
        regularizer: this.kernelRegularizer,
        constraint: this.kernelConstraint,
      });
    if (bias)
      this.bias = this.addWeight({
        name: 'bias',
        shape: bias as number[],
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
      });
    if (this.loraRank !== null) this.enableLora(this.loraRank, { loraAlpha: this.loraAlpha });
  }
  /** Whether a correction of low rank is trained in place of the weight. */
  get loraEnabled(): boolean {
    return this.#lora !== null;
  }
  /** Freezes the kernel and trains a correction of low rank instead. */
  enableLora(rank: number, options: LoraOptions = {}): void {
    this.#lora = new Lora(this, this.kernel, rank, options);
  }
  call(inputs: Tensor): Tensor {
    const x = einsum(this.equation, inputs, this.#lora?.read() ?? this.kernel);
    return this.activation(this.bias ? add(x, this.bias) : x);
  }
  /** Sizes that `outputShape` leaves unknown stay unknown. */
  override computeOutputSpec(...args: unknown[]): { form: Tensor; avals: SymbolicAval[] } {
    const { form, avals } = super.computeOutputSpec(...args);
    const [{ shape, dtype }] = avals as [SymbolicAval];
    const first = this.equation.endsWith('...') ? 1 : shape.length - this.outputShape.length;
    return { form, avals: [{ shape: shape.map((n, d) => (this.outputShape[d - first] === null ? null : n)), dtype }] };
  }
  override getConfig(): Config {
    return withLora(super.getConfig(), this.#lora);
  }

  static {
    exactMethods<EinsumDense>(this, { enableLora: 2 });
  }
}
