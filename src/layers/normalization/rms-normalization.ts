import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { rmsNormalization } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { axisListField } from './fields.ts';

const fields = {
  /** Axis, or axes together, over which each example is normalised. */
  axis: axisListField(-1),
  /** Added to the mean square, so that its root is never 0. */
  epsilon: f.number({ initial: 1e-6 }),
};

export interface RMSNormalization extends Resolved<typeof fields> {}
/** `scale · x / sqrt(mean(x²) + epsilon)`, with the mean of each example over `axis`. @see https://keras.io/api/layers/normalization_layers/rms_normalization/ */
export class RMSNormalization extends Layer<typeof fields> {
  static override readonly className = 'RMSNormalization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  /** Learned factors, with the sizes of the normalised axes. */
  scale!: Variable;

  override build(inputShape: SymbolicShape): void {
    const shape = this.axis.map((d) => inputShape.at(d));
    if (shape.some((n) => n === null || n === undefined))
      fail(
        this,
        `inputs of shape ${showShape(inputShape)} have no known sizes along axis ${this.axis.join(', ')}`,
        'give `axis` axes of known size',
      );
    const sizes = shape as number[];
    const last = inputShape.slice(-sizes.length);
    if (!sizes.every((n, k) => n === 1 || last[k] === n || last[k] === null))
      fail(
        this,
        `scale of shape ${showShape(sizes)} (axis ${this.axis.join(', ')}) does not fit the last axes of ${showShape(inputShape)}`,
        'as in Keras, normalise over the last axis or axes; LayerNormalization takes others',
      );
    this.scale = this.addWeight({ name: 'scale', shape: sizes, initializer: 'ones' });
  }
  call(inputs: Tensor): Tensor {
    const { axis, epsilon, scale } = this;
    return rmsNormalization(inputs, { axis, epsilon, scale });
  }
}
