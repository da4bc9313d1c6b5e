import { invoke } from '../base/callable.ts';
import type { Fields } from '../base/field/field.ts';
import { refuseSurplus } from '../base/options.ts';
import { Configured } from '../base/registry/configured.ts';
import type { Tensor } from '../ir/tensor.ts';
import { asTensor, type Like } from '../tensor/like.ts';

/**
 * What a weight is replaced by after each update: `constraint(w)`. A class of one's own extends this one and says in
 * `project` what it gives.
 * @see https://keras.io/api/layers/constraints/
 */
export abstract class Constraint<S extends Fields = {}> extends Configured<S, [w: Like], Tensor> {
  static override readonly className: string = 'Constraint';
  protected [invoke](w: Like, ...surplus: unknown[]): Tensor {
    refuseSurplus(this.className, [w, ...surplus], 1);
    return this.project(asTensor(w));
  }
  /** The nearest allowed value. */
  abstract project(w: Tensor): Tensor;
}
