import { f, type Resolved } from '../../base/field/field.ts';
import { elu } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** The limit for large negative inputs, negated. */
  alpha: f.number({ initial: 1 }),
};

export interface ELU extends Resolved<typeof fields> {}
/** `x` where it is positive, otherwise `alpha · (exp(x) - 1)`. @see https://keras.io/api/layers/activation_layers/elu/ */
export class ELU extends Layer<typeof fields> {
  static override readonly className = 'ELU';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    return elu(inputs, { alpha: this.alpha });
  }
}
