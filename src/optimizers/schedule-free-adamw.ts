import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { approach } from './adam.ts';
import { Optimizer } from './optimizer.ts';
import { assignSub } from './slots.ts';

const fields = {
  beta1: f.number({ initial: 0.9 }),
  beta2: f.number({ initial: 0.999 }),
  epsilon: f.number({ initial: 1e-8 }),
  /** Steps over which the learning rate rises from 0. */
  warmupSteps: f.number({ initial: 0, min: 0 }),
};
/** Adam that averages its weights instead of lowering its rate (Defazio et al., 2024). */
export class ScheduleFreeAdamW extends Optimizer<typeof fields> {
  static override readonly className = 'ScheduleFreeAdamW';
  static override readonly fields = fields;
  static override readonly defaults = { learningRate: 0.0025 };

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['momentum', 'velocity']);
    for (const v of variables) this.slot(v, 'momentum').assign(v.value);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { beta1, beta2, epsilon, warmupSteps } = this.config;
    const [z, v] = [this.slot(variable, 'momentum'), this.slot(variable, 'velocity')];
    const step = this.localStep(variable);
    const rate =
      warmupSteps > 0 ? ops.multiply(learningRate, ops.minimum(ops.divide(step, warmupSteps), 1)) : learningRate;
    const before = z.value;
    approach(v, ops.square(gradient), 1 - beta2);
    const mean = ops.divide(v.value, ops.subtract(1, ops.power(beta2, step)));
    assignSub(z, ops.divide(ops.multiply(rate, gradient), ops.add(ops.sqrt(mean), epsilon)));
    // The weight lies between z and the average x: recover x, move it towards z by 1/t, and go between them again.
    const x = ops.divide(ops.subtract(variable.value, ops.multiply(before, 1 - beta1)), beta1);
    const part = ops.divide(1, step);
    const average = ops.add(ops.multiply(ops.subtract(1, part), x), ops.multiply(part, z.value));
    variable.assign(ops.add(ops.multiply(z.value, 1 - beta1), ops.multiply(average, beta1)));
  }
}
