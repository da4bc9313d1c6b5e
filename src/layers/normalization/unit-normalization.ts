import type { Resolved } from '../../base/field/field.ts';
import { normalize } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { axesField } from './fields.ts';

const fields = {
  /** Axis, or axes together, over which the squares sum to 1. */
  axis: axesField(-1),
};

export interface UnitNormalization extends Resolved<typeof fields> {}
/** `x / |x|` for each example. @see https://keras.io/api/layers/normalization_layers/unit_normalization/ */
export class UnitNormalization extends Layer<typeof fields> {
  static override readonly className = 'UnitNormalization';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    return normalize(inputs, { axis: this.axis, order: 2, epsilon: 1e-12 });
  }
}
