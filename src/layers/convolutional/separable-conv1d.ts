import type { Options, Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { separableConv } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import {
  addBias,
  addDepthwise,
  channelsOf,
  checkFit,
  checkWindow,
  finish,
  padCausally,
  windowOf,
} from './convolution.ts';
import { causalPaddingField, separableFields } from './fields.ts';

const fields = {
  ...separableFields(1),
  /** `'valid'` (the default): windows within the input; `'same'`: zeros on both sides, so that the length is unchanged at stride 1; `'causal'`: zeros before the input, so that no output sees a later step. */
  padding: causalPaddingField,
};

export interface SeparableConv1D extends Resolved<typeof fields> {}
/**
 * A convolution of each channel separately, then one over the channels: inputs `(n, steps, c)`, outputs with `filters` channels.
 * @see https://keras.io/api/layers/convolution_layers/separable_convolution1d/
 */
export class SeparableConv1D extends Layer<typeof fields> {
  static override readonly className = 'SeparableConv1D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { minNdim: 3, maxNdim: 3 };
  /** The weights of the windows, `[k, channels, depthMultiplier]`. */
  depthwiseKernel!: Variable;
  /** The weights that mix the channels, `[1, channels · depthMultiplier, filters]`. */
  pointwiseKernel!: Variable;
  /** Added to each filter's output, `[filters]`; null without `useBias`. */
  bias: Variable | null = null;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    checkWindow(this);
  }
  override build(inputShape: SymbolicShape): void {
    const channels = channelsOf(this, inputShape);
    checkFit(this, inputShape);
    this.depthwiseKernel = addDepthwise(this, 'depthwise_kernel', channels);
    this.pointwiseKernel = this.addWeight({
      name: 'pointwise_kernel',
      shape: [...this.kernelSize.map(() => 1), channels * this.depthMultiplier, this.filters],
      initializer: this.pointwiseInitializer,
      regularizer: this.pointwiseRegularizer,
      constraint: this.pointwiseConstraint,
    });
    addBias(this, this.filters);
  }
  call(inputs: Tensor): Tensor {
    const x = padCausally(this, inputs);
    return finish(this, separableConv(x, this.depthwiseKernel, this.pointwiseKernel, windowOf(this)));
  }
}
