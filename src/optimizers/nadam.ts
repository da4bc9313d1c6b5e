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
/** Adam that looks one step of its momentum ahead (Dozat, 2016). */
export class Nadam extends Optimizer<typeof fields> {
  static override readonly className = 'Nadam';
  static override readonly fields = fields;
  /** Product of the momentum's factors so far. */
  private product!: Variable;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['momentum', 'velocity']);
    this.product = this.addVariable([], { dtype: variables[0]?.dtype ?? 'float32', initializer: 1 });
  }
  /** The momentum's factor at a step: `β₁ · (1 - 0.96ᵗ / 2)`. */
  private factor(step: Tensor): Tensor {
    return ops.multiply(ops.subtract(1, ops.multiply(ops.power(0.96, step), 0.5)), this.config.beta1);
  }
  protected override beforeUpdates(): void {
    this.product.assign(ops.multiply(this.product.value, this.factor(this.localStep(this.product))));
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { beta1, beta2, epsilon } = this.config;
    const [m, v] = [this.slot(variable, 'momentum'), this.slot(variable, 'velocity')];
    const step = this.localStep(variable);
    const [now, next] = [this.factor(step), this.factor(ops.add(step, 1))];
    const product = ops.cast(this.product.value, variable.dtype);
    const rest = (x: Tensor): Tensor => ops.subtract(1, x);
    approach(m, gradient, 1 - beta1);
    approach(v, ops.square(gradient), 1 - beta2);
    const ahead = ops.add(
      ops.divide(ops.multiply(next, m.value), rest(ops.multiply(product, next))),
      ops.divide(ops.multiply(rest(now), gradient), rest(product)),
    );
    const square = ops.divide(v.value, rest(ops.power(beta2, step)));
    assignSub(variable, ops.divide(ops.multiply(ahead, learningRate), ops.add(ops.sqrt(square), epsilon)));
  }
}
