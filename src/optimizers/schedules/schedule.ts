import { invoke } from '../../base/callable.ts';
import type { Fields } from '../../base/field/field.ts';
import { refuseSurplus } from '../../base/options.ts';
import { Configured } from '../../base/registry/configured.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { asTensor, type Like } from '../../tensor/like.ts';

/**
 * A learning rate that depends on the number of the step: `schedule(step)`. A class of your own extends this one and
 * computes the rate in `rate`.
 * @see https://keras.io/api/optimizers/learning_rate_schedules/
 */
export abstract class LearningRateSchedule<S extends Fields = {}> extends Configured<S, [step: Like], Tensor> {
  static override readonly className: string = 'LearningRateSchedule';
  protected [invoke](step: Like, ...surplus: unknown[]): Tensor {
    refuseSurplus(this.className, [step, ...surplus], 1);
    return this.rate(asTensor(step, 'float32'));
  }
  /** The learning rate at a step, both float32 scalars. */
  abstract rate(step: Tensor): Tensor;
}
