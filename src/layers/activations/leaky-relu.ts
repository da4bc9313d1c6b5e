import { f, type Resolved } from '../../base/field/field.ts';
import { leakyRelu } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Slope below 0. */
  negativeSlope: f.number({ initial: 0.3, min: 0 }),
};

export interface LeakyReLU extends Resolved<typeof fields> {}
/** `x` where it is not negative, otherwise `negativeSlope · x`. @see https://keras.io/api/layers/activation_layers/leaky_relu/ */
export class LeakyReLU extends Layer<typeof fields> {
  static override readonly className = 'LeakyReLU';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    return leakyRelu(inputs, { negativeSlope: this.negativeSlope });
  }
}
