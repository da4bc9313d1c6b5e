import { f, type Resolved } from '../../base/field/field.ts';
import { greater, where } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Up to this value, the output is 0. */
  theta: f.number({ initial: 1, min: 0 }),
};

export interface ThresholdedReLU extends Resolved<typeof fields> {}
/** `x` where it is greater than `theta`, otherwise 0. Keras 3 keeps it for files of older versions. */
export class ThresholdedReLU extends Layer<typeof fields> {
  static override readonly className = 'ThresholdedReLU';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    return where(greater(inputs, this.theta), inputs, 0);
  }
}
