import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { Optimizer } from './optimizer.ts';
import { assignAdd } from './slots.ts';

const strength = f.number({ initial: 0, min: 0 });
const fields = {
  learningRatePower: f.number({ initial: -0.5, max: 0 }),
  initialAccumulatorValue: f.number({ initial: 0.1, min: 0 }),
  l1RegularizationStrength: strength,
  l2RegularizationStrength: strength,
  l2ShrinkageRegularizationStrength: strength,
  beta: f.number({ initial: 0 }),
};
/** Follow the regularised leader, for sparse weights (McMahan et al., 2013). */
export class Ftrl extends Optimizer<typeof fields> {
  static override readonly className = 'Ftrl';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['accumulator', 'linear'], [this.config.initialAccumulatorValue, 0]);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { learningRatePower, beta } = this.config;
    const {
      l1RegularizationStrength: l1,
      l2RegularizationStrength: l2,
      l2ShrinkageRegularizationStrength: shrinkage,
    } = this.config;
    const [sum, linear] = [this.slot(variable, 'accumulator'), this.slot(variable, 'linear')];
    const root = (x: Tensor): Tensor => ops.power(x, -learningRatePower);
    const shrunk = ops.add(gradient, ops.multiply(variable.value, 2 * shrinkage));
    const next = ops.add(sum.value, ops.square(gradient));
    const sigma = ops.divide(ops.subtract(root(next), root(sum.value)), learningRate);
    assignAdd(linear, ops.subtract(shrunk, ops.multiply(sigma, variable.value)));
    const ridge = ops.add(ops.divide(beta, ops.multiply(learningRate, 2)), l2);
    const quadratic = ops.add(ops.divide(root(next), learningRate), ops.multiply(ridge, 2));
    variable.assign(ops.divide(ops.subtract(ops.clip(linear.value, -l1, l1), linear.value), quadratic));
    sum.assign(next);
  }
}
