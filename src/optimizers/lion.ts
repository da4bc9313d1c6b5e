import { f } from '../base/field/field.ts';
import { add, multiply, sign, subtract } from '../ops/index.ts';
import type { Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';
import { decayTo } from './rmsprop.ts';

const fields = {
  ...optimizerFields,
  /** Weight of the momentum in the step, above 0: with 0 only the sign of the gradient would count. */
  beta1: f.number({ initial: 0.9, min: Number.MIN_VALUE, max: 1 }),
  /** Decay of the momentum. */
  beta2: f.number({ initial: 0.99 }),
};

/** Steps of equal size, with the sign of the momentum (Chen et al., 2023). @see https://keras.io/api/optimizers/lion/ */
export class Lion extends Optimizer<typeof fields> {
  static override readonly className = 'Lion';
  static override readonly fields = fields;

  protected override slotsOf(_variable: Variable) {
    return [['momentum']];
  }
  protected override update({ gradient, variable, learningRate, slots: { momentum } }: Update): void {
    const { beta1, beta2 } = this.config;
    const direction = sign(add(multiply(momentum.read(), beta1), multiply(gradient, 1 - beta1)));
    decayTo(momentum, gradient, beta2);
    variable.assign(subtract(variable.read(), multiply(learningRate, direction)));
  }
}
export interface Lion extends OptimizerAttributes<typeof fields> {}
