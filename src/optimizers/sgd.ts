import { f } from '../base/field/field.ts';
import { add, multiply, subtract } from '../ops/index.ts';
import type { Variable } from '../tensor/index.ts';
import { learningRateField, type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  /** Size of an update, or a schedule of it; 0.01 by default. */
  learningRate: learningRateField(0.01),
  /** Fraction of the previous step that is added to this one. */
  momentum: f.number({ initial: 0, min: 0, max: 1 }),
  /** Looks ahead along the momentum (Nesterov, 1983). */
  nesterov: f.bool(false),
};

/** Gradient descent with momentum. @see https://keras.io/api/optimizers/sgd/ */
export class SGD extends Optimizer<typeof fields> {
  static override readonly className: string = 'SGD';
  static override readonly fields = fields;

  protected override slotsOf(_variable: Variable) {
    return this.config.momentum === 0 ? [] : [['momentum']];
  }
  protected override update({ gradient, variable, learningRate, slots: { momentum: m } }: Update): void {
    const { momentum, nesterov } = this.config;
    const step = multiply(gradient, learningRate);
    if (!m) {
      variable.assign(subtract(variable.read(), step));
      return;
    }
    const velocity = m.assign(subtract(multiply(m.read(), momentum), step));
    variable.assign(add(variable.read(), nesterov ? subtract(multiply(velocity, momentum), step) : velocity));
  }
}
export interface SGD extends OptimizerAttributes<typeof fields> {}
