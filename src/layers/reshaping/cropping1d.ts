import type { Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { borderField, cropBorders } from './borders.ts';

const fields = {
  /** How many steps are cut off at the beginning and the end. */
  cropping: borderField(1),
};

export interface Cropping1D extends Resolved<typeof fields> {}
/** Inputs `(n, steps, c)` without their borders. @see https://keras.io/api/layers/reshaping_layers/cropping1d/ */
export class Cropping1D extends Layer<typeof fields> {
  static override readonly className = 'Cropping1D';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };

  call(inputs: Tensor): Tensor {
    return cropBorders(this, inputs, [this.cropping], 'channels_last');
  }
}
