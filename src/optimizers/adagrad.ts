import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { Optimizer } from './optimizer.ts';
import { assignAdd, assignSub } from './slots.ts';

const fields = {
  /** With what the sum of squared gradients begins. */
  initialAccumulatorValue: f.number({ initial: 0.1 }),
  epsilon: f.number({ initial: 1e-7 }),
};
/** `w -= rate · g / sqrt(Σ g² + ε)` (Duchi et al., 2011). */
export class Adagrad extends Optimizer<typeof fields> {
  static override readonly className = 'Adagrad';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['accumulator'], this.config.initialAccumulatorValue);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const sum = this.slot(variable, 'accumulator');
    assignAdd(sum, ops.square(gradient));
    const root = ops.sqrt(ops.add(sum.value, this.config.epsilon));
    assignSub(variable, ops.divide(ops.multiply(learningRate, gradient), root));
  }
}
