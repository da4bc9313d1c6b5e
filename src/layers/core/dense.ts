import { activationField } from '../../activations/field.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { add, matmul } from '../../ops/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { type InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { Lora, type LoraOptions, loraFields, withLora } from '../layer/lora.ts';
import { quantizationField, quantizedWeight } from '../layer/quantization.ts';

const fields = {
  /** Size of the output's last axis. */
  units: f.int({ min: 1 }),
  /** Function applied to the result. */
  activation: activationField(),
  /** Whether a learned vector is added. */
  useBias: f.bool(true),
  /** Initializer of the kernel; `'glorot_uniform'` by default. */
  kernelInitializer: initializerField('glorot_uniform'),
  /** Initializer of the bias; zeros by default. */
  biasInitializer: initializerField('zeros'),
  /** Penalty on the kernel, added to the loss. */
  kernelRegularizer: regularizerField(),
  /** Penalty on the bias, added to the loss. */
  biasRegularizer: regularizerField(),
  /** Applied to the kernel after each update. */
  kernelConstraint: constraintField(),
  /** Applied to the bias after each update. */
  biasConstraint: constraintField(),
  /** How weights are quantized, if the dtype policy of the layer is a quantized one. */
  quantizationConfig: quantizationField(),
  ...loraFields,
};

export interface Dense extends Resolved<typeof fields> {}
/**
 * `activation(x · kernel + bias)` over the last axis: `(…, c)` becomes `(…, units)`.
 * @example new Dense({ units: 10, activation: 'softmax' })(x)
 * @see https://keras.io/api/layers/core_layers/dense/
 */
export class Dense extends Layer<typeof fields> {
  static override readonly className: string = 'Dense';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { minNdim: 2 };
  override supportsMasking = true;
  /** The weights, `[channels, units]`. */
  kernel!: Variable;
  /** Added to each unit's output, `[units]`; null without `useBias`. */
  bias: Variable | null = null;
  #lora: Lora | null = null;

  override build(inputShape: SymbolicShape): void {
    const channels = inputShape.at(-1)!;
    const shape = [channels, this.units];
    this.kernel =
      quantizedWeight(this, shape) ??
      this.addWeight({
        name: 'kernel',
        shape,
        initializer: this.kernelInitializer,
        regularizer: this.kernelRegularizer,
        constraint: this.kernelConstraint,
      });
    if (this.useBias)
      this.bias = this.addWeight({
        name: 'bias',
        shape: [this.units],
        initializer: this.biasInitializer,
        regularizer: this.biasRegularizer,
        constraint: this.biasConstraint,
      });
    this.inputSpec = { minNdim: 2, axes: { [-1]: channels } };
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
    const x = matmul(inputs, this.#lora?.read() ?? this.kernel);
    return this.activation(this.bias ? add(x, this.bias) : x);
  }
  override getConfig(): Config {
    return withLora(super.getConfig(), this.#lora);
  }

  static {
    exactMethods<Dense>(this, { enableLora: 2 });
  }
}
