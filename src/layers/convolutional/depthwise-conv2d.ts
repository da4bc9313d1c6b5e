import type { Options, Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { depthwiseConv } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { addBias, addDepthwise, channelsOf, checkFit, checkWindow, finish, windowOf } from './convolution.ts';
import { depthwiseFields } from './fields.ts';

const fields = depthwiseFields(2);

export interface DepthwiseConv2D extends Resolved<typeof fields> {}
/**
 * Slides learned windows over each channel separately: inputs `(n, height, width, c)`, outputs with `c · depthMultiplier` channels.
 * @see https://keras.io/api/layers/convolution_layers/depthwise_convolution2d/
 */
export class DepthwiseConv2D extends Layer<typeof fields> {
  static override readonly className = 'DepthwiseConv2D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { minNdim: 4, maxNdim: 4 };
  /** The weights, `[height, width, channels, depthMultiplier]`. */
  kernel!: Variable;
  /** Added to each output channel, `[channels · depthMultiplier]`; null without `useBias`. */
  bias: Variable | null = null;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    checkWindow(this);
  }
  override build(inputShape: SymbolicShape): void {
    const channels = channelsOf(this, inputShape);
    checkFit(this, inputShape);
    this.kernel = addDepthwise(this, 'kernel', channels);
    addBias(this, channels * this.depthMultiplier);
  }
  call(inputs: Tensor): Tensor {
    return finish(this, depthwiseConv(inputs, this.kernel, windowOf(this)));
  }
}
