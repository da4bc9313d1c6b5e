import { f, type Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { enlarge } from './enlarge.ts';

const fields = {
  /** How often each step is repeated. */
  size: f.int({ initial: 2, min: 1 }),
};

export interface UpSampling1D extends Resolved<typeof fields> {}
/** Repeats each step: `(n, steps, c)` becomes `(n, size · steps, c)`. @see https://keras.io/api/layers/reshaping_layers/up_sampling1d/ */
export class UpSampling1D extends Layer<typeof fields> {
  static override readonly className = 'UpSampling1D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };

  call(inputs: Tensor): Tensor {
    return enlarge(inputs, [this.size], 'channels_last');
  }
}
