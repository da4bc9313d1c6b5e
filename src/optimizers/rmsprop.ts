import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { approach } from './adam.ts';
import { Optimizer } from './optimizer.ts';
import { assignSub } from './slots.ts';

const fields = {
  /** How much of the mean squared gradient stays at each step. */
  rho: f.number({ initial: 0.9 }),
  momentum: f.number({ initial: 0 }),
  epsilon: f.number({ initial: 1e-7 }),
  /** Whether gradients are divided by their standard deviation instead of the root of their mean square. */
  centered: f.bool(false),
};
/** `w -= rate · g / sqrt(mean(g²) + ε)` (Hinton, 2012). */
export class RMSprop extends Optimizer<typeof fields> {
  static override readonly className = 'RMSprop';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['velocity']);
    if (this.config.momentum > 0) this.addSlots(variables, ['momentum']);
    if (this.config.centered) this.addSlots(variables, ['average_gradient']);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { rho, momentum, epsilon, centered } = this.config;
    const square = this.slot(variable, 'velocity');
    approach(square, ops.square(gradient), 1 - rho);
    let spread = square.value;
    if (centered) {
      const mean = this.slot(variable, 'average_gradient');
      approach(mean, gradient, 1 - rho);
      spread = ops.subtract(spread, ops.square(mean.value));
    }
    let step = ops.divide(ops.multiply(learningRate, gradient), ops.sqrt(ops.add(spread, epsilon)));
    if (momentum > 0) {
      const m = this.slot(variable, 'momentum');
      step = m.assign(ops.add(ops.multiply(m.value, momentum), step));
    }
    assignSub(variable, step);
  }
}
