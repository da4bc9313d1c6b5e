import { f, type Resolved } from '../../base/field/field.ts';
import { any, cast, multiply, notEqual } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Steps whose elements all equal it do not count. */
  maskValue: f.number({ initial: 0 }),
};

export interface Masking extends Resolved<typeof fields> {}
/** Masks steps whose elements all equal `maskValue`, so that following layers ignore them, and sets them to zero. @see https://keras.io/api/layers/core_layers/masking/ */
export class Masking extends Layer<typeof fields> {
  static override readonly className = 'Masking';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    const counts = any(notEqual(inputs, this.maskValue), { axis: -1, keepdims: true });
    return multiply(inputs, cast(counts, inputs.dtype));
  }
  override computeMask(inputs: Tensor): Tensor {
    return any(notEqual(inputs, this.maskValue), { axis: -1 });
  }
}
