import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { globalPoolFields as fields } from './fields.ts';
import { callGlobalMax } from './pooling.ts';

export interface GlobalMaxPooling2D extends Resolved<typeof fields> {}
/** The largest element over all spatial axes: `(n, height, width, c)` becomes `(n, c)`. @see https://keras.io/api/layers/pooling_layers/global_max_pooling2d/ */
export class GlobalMaxPooling2D extends Layer<typeof fields> {
  static override readonly className = 'GlobalMaxPooling2D';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = { ndim: 4 };

  call(inputs: Tensor): Tensor {
    return callGlobalMax(this, inputs, 2);
  }
}
