import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { adaptiveFields, adaptiveMax } from './adaptive.ts';

const fields = adaptiveFields(1);

export interface AdaptiveMaxPooling1D extends Resolved<typeof fields> {}
/** The largest element of windows that are chosen so that inputs `(n, steps, c)` are reduced to `outputSize`. @see https://keras.io/api/layers/pooling_layers/ */
export class AdaptiveMaxPooling1D extends Layer<typeof fields> {
  static override readonly className = 'AdaptiveMaxPooling1D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };

  call(inputs: Tensor): Tensor {
    return adaptiveMax(this, inputs);
  }
}
