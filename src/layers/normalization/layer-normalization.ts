import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { layerNormalization } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
import { buildAffine } from './affine.ts';
import { affineFields, axisListField } from './fields.ts';

const fields = {
  /** Axis, or axes together, over which each example is normalised. */
  axis: axisListField(-1),
  ...affineFields,
  /** Whether it only divides by the standard deviation. */
  rmsScaling: f.bool(false),
};

export interface LayerNormalization extends Resolved<typeof fields> {}
/**
 * `gamma · (x - mean) / sqrt(variance + epsilon) + beta`, with the statistics of each example over `axis`.
 * @see https://keras.io/api/layers/normalization_layers/layer_normalization/
 */
export class LayerNormalization extends Layer<typeof fields> {
  static override readonly className = 'LayerNormalization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** Learned factors, with the sizes of the normalised axes; null with `scale: false`. */
  gamma: Variable | null = null;
  /** Learned offsets, with the sizes of the normalised axes; null with `center: false`. */
  beta: Variable | null = null;

  override build(inputShape: SymbolicShape): void {
    const shape = this.axis.map((d) => inputShape.at(d));
    if (shape.some((n) => n === null || n === undefined))
      fail(
        this,
        `inputs of shape ${showShape(inputShape)} have no known sizes along axis ${this.axis.join(', ')}`,
        'give `axis` axes of known size',
      );
    buildAffine(this, shape as number[]);
  }
  call(inputs: Tensor): Tensor {
    const { axis, epsilon, gamma, beta, rmsScaling } = this;
    return layerNormalization(inputs, { axis, epsilon, gamma, beta, rmsScaling });
  }
}
