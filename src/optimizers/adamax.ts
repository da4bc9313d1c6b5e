import { abs, add, divide, maximum, multiply, subtract } from '../ops/index.ts';
import type { Variable } from '../tensor/index.ts';
import { approach, momentFields, seenShare } from './adam.ts';
import type { OptimizerAttributes } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

/** Adam in the infinity norm: divides by the largest gradient, which decays slowly (Kingma and Ba, 2014). @see https://keras.io/api/optimizers/adamax/ */
export class Adamax extends Optimizer<typeof momentFields> {
  static override readonly className = 'Adamax';
  static override readonly fields = momentFields;

  protected override slotsOf(_variable: Variable) {
    return [['momentum', 'norm']];
  }
  protected override update({ gradient, variable, learningRate, slots, step }: Update): void {
    const { beta1, beta2, epsilon } = this.config;
    const { momentum, norm } = slots;
    const m = approach(momentum, gradient, 1 - beta1);
    const u = norm.assign(maximum(multiply(norm.read(), beta2), abs(gradient)));
    const alpha = divide(learningRate, seenShare(beta1, step));
    variable.assign(subtract(variable.read(), divide(multiply(m, alpha), add(u, epsilon))));
  }
}
export interface Adamax extends OptimizerAttributes<typeof momentFields> {}
