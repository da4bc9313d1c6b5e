import { relu } from '../../activations/index.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Largest output; null for no limit. */
  maxValue: f.nullable(f.number({ min: 0 })),
  /** Slope below the threshold. */
  negativeSlope: f.number({ initial: 0, min: 0 }),
  /** Inputs from here on pass unchanged. */
  threshold: f.number({ initial: 0, min: 0 }),
};

export interface ReLU extends Resolved<typeof fields> {}
/**
 * `max(x, 0)`; with options: at most `maxValue`, `x` from `threshold` on, `negativeSlope · (x - threshold)` below it.
 * @see https://keras.io/api/layers/activation_layers/relu/
 */
export class ReLU extends Layer<typeof fields> {
  static override readonly className = 'ReLU';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    const { negativeSlope, maxValue, threshold } = this;
    return relu(inputs, { negativeSlope, maxValue, threshold });
  }
}
