import { exactMethods } from '../../base/exact.ts';
import type { Options, Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { Lora, type LoraOptions, withLora } from '../layer/lora.ts';
import { buildConv, callConv, checkConv } from './convolution.ts';
import { causalPaddingField, convFields } from './fields.ts';

const fields = {
  ...convFields(1),
  /** `'valid'` (the default): windows within the input; `'same'`: zeros on both sides, so that the length is unchanged at stride 1; `'causal'`: zeros before the input, so that no output sees a later step. */
  padding: causalPaddingField,
};

export interface Conv1D extends Resolved<typeof fields> {}
/**
 * Slides learned windows over a sequence: `(n, steps, c)` becomes `(n, steps, filters)`.
 * @example new Conv1D({ filters: 32, kernelSize: 3, padding: 'causal' })(x)
 * @see https://keras.io/api/layers/convolution_layers/convolution1d/
 */
export class Conv1D extends Layer<typeof fields> {
  static override readonly className: string = 'Conv1D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { minNdim: 3, maxNdim: 3 };
  /** The weights, `[k, channels / groups, filters]`. */
  kernel!: Variable;
  /** Added to each filter's output, `[filters]`; null without `useBias`. */
  bias: Variable | null = null;
  /** The correction of low rank that is trained in place of the kernel; null unless `enableLora` was called. */
  lora: Lora | null = null;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    checkConv(this);
  }
  override build(inputShape: SymbolicShape): void {
    buildConv(this, inputShape);
  }
  /** Whether a correction of low rank is trained in place of the kernel. */
  get loraEnabled(): boolean {
    return this.lora !== null;
  }
  /** Freezes the kernel and trains a correction of low rank instead. */
  enableLora(rank: number, options: LoraOptions = {}): void {
    this.lora = new Lora(this, this.kernel, rank, options);
  }
  call(inputs: Tensor): Tensor {
    return callConv(this, inputs);
  }
  override getConfig(): Config {
    return withLora(super.getConfig(), this.lora);
  }

  static {
    exactMethods<Conv1D>(this, { enableLora: 2 });
  }
}
