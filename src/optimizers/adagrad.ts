import { f } from '../base/field/field.ts';
import { add, divide, multiply, sqrt, square, subtract } from '../ops/index.ts';
import type { Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  /** Initial value of the sums of squares. */
  initialAccumulatorValue: f.number({ initial: 0.1 }),
  /** Keeps divisors away from zero; 1e-7 by default. */
  epsilon: f.number({ initial: 1e-7 }),
};

/** Divides gradients by the root of the sum of their squares so far (Duchi et al., 2011). @see https://keras.io/api/optimizers/adagrad/ */
export class Adagrad extends Optimizer<typeof fields> {
  static override readonly className = 'Adagrad';
  static override readonly fields = fields;

  protected override slotsOf(_variable: Variable) {
    return [[{ name: 'accumulator', initial: this.config.initialAccumulatorValue }]];
  }
  protected override update({ gradient, variable, learningRate, slots: { accumulator } }: Update): void {
    const sum = accumulator.assign(add(accumulator.read(), square(gradient)));
    const step = divide(multiply(learningRate, gradient), sqrt(add(sum, this.config.epsilon)));
    variable.assign(subtract(variable.read(), step));
  }
}
export interface Adagrad extends OptimizerAttributes<typeof fields> {}
