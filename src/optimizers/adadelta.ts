import { f } from '../base/field/field.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';
import { decayTo } from './rmsprop.ts';

const fields = {
  ...optimizerFields,
  /** Decay of both averages. */
  rho: f.number({ initial: 0.95 }),
  /** Keeps divisors away from zero; 1e-7 by default. */
  epsilon: f.number({ initial: 1e-7 }),
};

/** Steps as large as recent ones: `g · rms(steps) / rms(gradients)` (Zeiler, 2012). @see https://keras.io/api/optimizers/adadelta/ */
export class Adadelta extends Optimizer<typeof fields> {
  static override readonly className = 'Adadelta';
  static override readonly fields = fields;

  protected override slotsOf(_variable: Variable) {
    return [['accumulated_grad', 'accumulated_delta_var']];
  }
  protected override update({ gradient, variable, learningRate, slots }: Update): void {
    const { rho, epsilon } = this.config;
    const { accumulated_grad: gradients, accumulated_delta_var: steps } = slots;
    const root = (x: Tensor): Tensor => sqrt(add(x, epsilon));
    const spread = root(decayTo(gradients, square(gradient), rho));
    const step = divide(multiply(root(steps.read()), gradient), spread);
    decayTo(steps, square(step), rho);
    variable.assign(subtract(variable.read(), multiply(learningRate, step)));
  }
}
export interface Adadelta extends OptimizerAttributes<typeof fields> {}
