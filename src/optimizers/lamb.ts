import { add, divide, greater, logicalAnd, multiply, sqrt, square, subtract, sum, where } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { approach, momentFields, seenShare } from './adam.ts';
import type { OptimizerAttributes } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

const norm = (x: Tensor): Tensor => sqrt(sum(square(x)));

/** Adam with steps in proportion to the norm of each variable, for large batches (You et al., 2019). @see https://keras.io/api/optimizers/lamb/ */
export class Lamb extends Optimizer<typeof momentFields> {
  static override readonly className = 'Lamb';
  static override readonly fields = momentFields;

  protected override slotsOf(_variable: Variable) {
    return [['momentum', 'velocity']];
  }
  protected override update({ gradient, variable, learningRate, slots, step }: Update): void {
    const { beta1, beta2, epsilon } = this.config;
    const { momentum, velocity } = slots;
    const m = approach(momentum, gradient, 1 - beta1);
    const v = approach(velocity, square(gradient), 1 - beta2);
    const spread = add(sqrt(divide(v, seenShare(beta2, step))), epsilon);
    const change = divide(divide(m, seenShare(beta1, step)), spread);
    const [size, changed] = [norm(variable.read()), norm(change)];
    const bothMatter = logicalAnd(greater(size, 0), greater(changed, 0));
    const ratio = where(bothMatter, divide(size, changed), 1);
    variable.assign(subtract(variable.read(), multiply(multiply(ratio, learningRate), change)));
  }
}
export interface Lamb extends OptimizerAttributes<typeof momentFields> {}
