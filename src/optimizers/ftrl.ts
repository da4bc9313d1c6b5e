import { f } from '../base/field/field.ts';
import { add, clip, divide, multiply, power, square, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  /** The power of the sum of squares by which the rate falls. */
  learningRatePower: f.number({ initial: -0.5, max: 0 }),
  /** Initial value of the sums of squares. */
  initialAccumulatorValue: f.number({ initial: 0.1, min: 0 }),
  /** Strength of the L1 penalty, which sets weights to zero; 0 by default. */
  l1RegularizationStrength: f.number({ initial: 0, min: 0, key: 'l1_regularization_strength' }),
  /** Strength of the L2 penalty; 0 by default. */
  l2RegularizationStrength: f.number({ initial: 0, min: 0, key: 'l2_regularization_strength' }),
  /** An L2 penalty that is added to the gradients alone. */
  l2ShrinkageRegularizationStrength: f.number({ initial: 0, min: 0, key: 'l2_shrinkage_regularization_strength' }),
  /** The paper's beta, added to the divisor; 0 by default. */
  beta: f.number({ initial: 0 }),
};

/** Follows the regularized leader: keeps weights that do not matter at exactly zero (McMahan et al., 2013). @see https://keras.io/api/optimizers/ftrl/ */
export class Ftrl extends Optimizer<typeof fields> {
  static override readonly className = 'Ftrl';
  static override readonly fields = fields;

  protected override slotsOf(_variable: Variable) {
    return [[{ name: 'accumulator', initial: this.config.initialAccumulatorValue }, 'linear']];
  }
  protected override update({ gradient, variable, learningRate, slots }: Update): void {
    const { learningRatePower, l1RegularizationStrength: l1, l2RegularizationStrength: l2, beta } = this.config;
    const { accumulator, linear } = slots;
    const value = variable.read();
    const raised = (x: Tensor): Tensor => power(x, -learningRatePower);
    const before = accumulator.read();
    const sum = accumulator.assign(add(before, square(gradient)));
    const shrunk = add(gradient, multiply(value, 2 * this.config.l2ShrinkageRegularizationStrength));
    const change = divide(subtract(raised(sum), raised(before)), learningRate);
    const z = linear.assign(add(linear.read(), subtract(shrunk, multiply(change, value))));
    const penalty = add(divide(beta, multiply(2, learningRate)), l2);
    const quadratic = add(divide(raised(sum), learningRate), multiply(2, penalty));
    variable.assign(divide(subtract(clip(z, -l1, l1), z), quadratic));
  }
}
export interface Ftrl extends OptimizerAttributes<typeof fields> {}
