import type { Options, Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { convTransposeFields } from './fields.ts';
import { buildTranspose, callTranspose, checkTranspose } from './transposed.ts';

const fields = convTransposeFields(2);

export interface Conv2DTranspose extends Resolved<typeof fields> {}
/**
 * The transpose of a convolution: spreads each element of inputs `(n, height, width, c)` over a window, enlarging them by `strides`.
 * @see https://keras.io/api/layers/convolution_layers/convolution2d_transpose/
 */
export class Conv2DTranspose extends Layer<typeof fields> {
  static override readonly className = 'Conv2DTranspose';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 4 };
  /** The weights, `[height, width, filters, channels]`. */
  kernel!: Variable;
  /** Added to each filter's output, `[filters]`; null without `useBias`. */
  bias: Variable | null = null;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    checkTranspose(this);
  }
  override build(inputShape: SymbolicShape): void {
    buildTranspose(this, inputShape);
  }
  call(inputs: Tensor): Tensor {
    return callTranspose(this, inputs);
  }
}
