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
/** Adam with the largest recent gradient in the place of the root mean square (Kingma and Ba, 2014). */
export class Adamax extends Optimizer<typeof fields> {
  static override readonly className = 'Adamax';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['momentum', 'norm']);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { beta1, beta2, epsilon } = this.config;
    const [m, u] = [this.slot(variable, 'momentum'), this.slot(variable, 'norm')];
    approach(m, gradient, 1 - beta1);
    u.assign(ops.maximum(ops.multiply(u.value, beta2), ops.absolute(gradient)));
    const correction = ops.subtract(1, ops.power(beta1, this.localStep(variable)));
    const divisor = ops.multiply(correction, ops.add(u.value, epsilon));
    assignSub(variable, ops.divide(ops.multiply(learningRate, m.value), divisor));
  }
}
