import { f } from '../base/field/field.ts';
import { add, divide, minimum, multiply, sqrt, square, subtract } from '../ops/index.ts';
import type { Variable } from '../tensor/index.ts';
import { approach, momentFields, seenShare } from './adam.ts';
import { learningRateField, type OptimizerAttributes } from './fields.ts';
import { Optimizer, type Slot, type Update } from './optimizer.ts';

const fields = {
  ...momentFields,
  /** Size of an update; 0.0025 by default. */
  learningRate: learningRateField(0.0025),
  /** Keeps divisors away from zero; 1e-8 by default. */
  epsilon: f.number({ initial: 1e-8 }),
  /** Steps over which the rate rises to its full height. */
  warmupSteps: f.int({ initial: 0 }),
};

/** AdamW that averages its steps instead of lowering the rate: the weights stand between the steps' end and their mean (Defazio et al., 2024). @see https://keras.io/api/optimizers/schedule_free_adamw/ */
export class ScheduleFreeAdamW extends Optimizer<typeof fields> {
  static override readonly className = 'ScheduleFreeAdamW';
  static override readonly fields = fields;

  protected override slotsOf(variable: Variable): Slot[][] {
    return [[{ name: 'momentum', initial: variable.value }, 'velocity']];
  }
  protected override update({ gradient, variable, learningRate, slots, step }: Update): void {
    const { beta1, beta2, epsilon, warmupSteps } = this.config;
    const { momentum: end, velocity } = slots;
    const rate = warmupSteps > 0 ? multiply(learningRate, minimum(divide(step, warmupSteps), 1)) : learningRate;
    const v = approach(velocity, square(gradient), 1 - beta2);
    const spread = add(sqrt(divide(v, seenShare(beta2, step))), epsilon);
    const before = end.read();
    const z = end.assign(subtract(before, divide(multiply(rate, gradient), spread)));
    const share = divide(1, step);
    const mean = divide(subtract(variable.read(), multiply(before, 1 - beta1)), beta1);
    const next = add(multiply(subtract(1, share), mean), multiply(share, z));
    variable.assign(add(multiply(z, 1 - beta1), multiply(next, beta1)));
  }
}
export interface ScheduleFreeAdamW extends OptimizerAttributes<typeof fields> {}
