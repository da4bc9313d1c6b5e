import { activationField } from '../../activations/field.ts';
import { type Activation as ActivationFunction, type ActivationLike } from '../../activations/index.ts';
import type { Field, Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const required: Field<ActivationLike, ActivationFunction, true> = { ...activationField(), required: true };
const fields = {
  /** Name of an activation, or a function of a tensor. */
  activation: required,
};

export interface Activation extends Resolved<typeof fields> {}
/** An activation function as a layer. @see https://keras.io/api/layers/core_layers/activation/ */
export class Activation extends Layer<typeof fields> {
  static override readonly className = 'Activation';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor): Tensor {
    return this.activation(inputs);
  }
  /** As Keras declares it: the compute dtype, even where integers are unchanged. */
  override computeOutputSpec(...args: unknown[]) {
    const { form, avals } = super.computeOutputSpec(...args);
    return { form, avals: avals.map(({ shape }) => ({ shape, dtype: this.computeDtype })) };
  }
}
