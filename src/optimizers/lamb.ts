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
  epsilon: f.number({ initial: 1e-7 }),
};
/** Adam whose step for each weight is in proportion to the weight's norm, for large batches (You et al., 2019). */
export class Lamb extends Optimizer<typeof fields> {
  static override readonly className = 'Lamb';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['momentum', 'velocity']);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { beta1, beta2, epsilon } = this.config;
    const [m, v] = [this.slot(variable, 'momentum'), this.slot(variable, 'velocity')];
    const step = this.localStep(variable);
    const corrected = (x: Tensor, beta: number): Tensor => ops.divide(x, ops.subtract(1, ops.power(beta, step)));
    approach(m, gradient, 1 - beta1);
    approach(v, ops.square(gradient), 1 - beta2);
    const root = ops.add(ops.sqrt(corrected(v.value, beta2)), epsilon);
    const update = ops.divide(corrected(m.value, beta1), root);
    const norm = (x: Tensor): Tensor => ops.sqrt(ops.sum(ops.square(x)));
    const [weight, change] = [norm(variable.value), norm(update)];
    const isProper = ops.logicalAnd(ops.greater(weight, 0), ops.greater(change, 0));
    const ratio = ops.where(isProper, ops.divide(weight, change), 1);
    assignSub(variable, ops.multiply(ops.multiply(ratio, learningRate), update));
  }
}
