import { invoke } from '../base/callable.ts';
import type { Fields } from '../base/field/field.ts';
import { refuseSurplus } from '../base/options.ts';
import { Configured } from '../base/registry/configured.ts';
import type { Tensor } from '../ir/tensor.ts';
import { asTensor, type Like } from '../tensor/like.ts';

/**
 * Turns a weight, or a layer's output, into a penalty that is added to the loss: `regularizer(x)`. A class of one's own
 * extends this one and says in `penalty` what it gives.
 * @see https://keras.io/api/layers/regularizers/
 */
export abstract class Regularizer<S extends Fields = {}> extends Configured<S, [x: Like], Tensor> {
  static override readonly className: string = 'Regularizer';
  protected [invoke](x: Like, ...surplus: unknown[]): Tensor {
    refuseSurplus(this.className, [x, ...surplus], 1);
    return this.penalty(asTensor(x));
  }
  /** The penalty, a scalar. */
  abstract penalty(x: Tensor): Tensor;
}
