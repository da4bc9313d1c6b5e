import { f } from '../base/field/field.ts';
import { add, multiply, rsqrt, square, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  /** Decay of the average of squares. */
  rho: f.number({ initial: 0.9 }),
  /** Weight of the previous direction; 0 by default. */
  momentum: f.number({ initial: 0 }),
  /** Keeps divisors away from zero; 1e-7 by default. */
  epsilon: f.number({ initial: 1e-7 }),
  /** Divides by the variance instead of the mean square. */
  centered: f.bool(false),
};

/** Moves an average: `a · rho + x · (1 - rho)`. */
export const decayTo = (average: Variable, x: Tensor, rho: number): Tensor =>
  average.assign(add(multiply(average.read(), rho), multiply(x, 1 - rho)));

/** Divides gradients by a moving root of their mean square (Hinton, 2012). @see https://keras.io/api/optimizers/rmsprop/ */
export class RMSprop extends Optimizer<typeof fields> {
  static override readonly className = 'RMSprop';
  static override readonly fields = fields;

  protected override slotsOf(_variable: Variable) {
    const { momentum, centered } = this.config;
    return [['velocity'], momentum > 0 ? ['momentum'] : [], centered ? ['average_gradient'] : []];
  }
  protected override update({ gradient, variable, learningRate, slots }: Update): void {
    const { rho, momentum, epsilon } = this.config;
    const { velocity, momentum: last, average_gradient: average } = slots;
    const squares = decayTo(velocity, square(gradient), rho);
    const spread = average ? subtract(squares, square(decayTo(average, gradient, rho))) : squares;
    const step = multiply(multiply(learningRate, gradient), rsqrt(add(spread, epsilon)));
    variable.assign(subtract(variable.read(), last ? last.assign(add(multiply(last.read(), momentum), step)) : step));
  }
}
export interface RMSprop extends OptimizerAttributes<typeof fields> {}
