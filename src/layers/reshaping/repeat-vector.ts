import { f, type Resolved } from '../../base/field/field.ts';
import { broadcastTo, expandDims } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** How often. */
  n: f.int({ min: 0 }),
};

export interface RepeatVector extends Resolved<typeof fields> {}
/** `(batch, c)` becomes `(batch, n, c)`. @see https://keras.io/api/layers/reshaping_layers/repeat_vector/ */
export class RepeatVector extends Layer<typeof fields> {
  static override readonly className = 'RepeatVector';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 2 };

  call(inputs: Tensor): Tensor {
    const [batch, channels] = inputs.shape as readonly [number, number];
    return broadcastTo(expandDims(inputs, 1), [batch, this.n, channels]);
  }
}
