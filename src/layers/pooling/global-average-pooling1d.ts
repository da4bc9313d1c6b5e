import type { Resolved } from '../../base/field/field.ts';
import { cast, divide, expandDims, multiply, sum } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { globalPoolFields as fields } from './fields.ts';
import { callGlobalAverage } from './pooling.ts';

export interface GlobalAveragePooling1D extends Resolved<typeof fields> {}
/**
 * The mean over all steps: `(n, steps, c)` becomes `(n, c)`. With a mask, only steps where it is true count.
 * @see https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
 */
export class GlobalAveragePooling1D extends Layer<typeof fields> {
  static override readonly className = 'GlobalAveragePooling1D';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = { ndim: 3 };
  override supportsMasking = true;

  call(inputs: Tensor, { mask }: CallOptions = {}): Tensor {
    if (!mask) return callGlobalAverage(this, inputs, 1);
    const axis = this.dataFormat === 'channels_first' ? 2 : 1;
    const counts = expandDims(cast(mask, inputs.dtype), this.dataFormat === 'channels_first' ? 1 : 2);
    const { keepdims } = this;
    return divide(sum(multiply(inputs, counts), { axis, keepdims }), sum(counts, { axis, keepdims }));
  }
  override computeMask(): null {
    return null;
  }
}
