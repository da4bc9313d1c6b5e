import { f } from '../base/field.ts';
import { add, multiply, negative, subtract } from '../ops/index.ts';
import { Optimizer, optimizerFields, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  learningRate: { ...optimizerFields.learningRate, initial: 0.01 },
  /** Share of the last step that goes on. */
  momentum: f.number({ initial: 0, min: 0, max: 1 }),
  /** Looks ahead along the momentum (Nesterov, 1983). */
  nesterov: f.bool(false),
};

/** Gradient descent with momentum. @see https://keras.io/api/optimizers/sgd/ */
export class SGD extends Optimizer<typeof fields> {
  static override readonly className: string = 'SGD';
  static override readonly fields = fields;

  protected override slotNames() {
    return this.config.momentum === 0 ? [] : ['momentum'];
  }
  protected override update({ gradient, variable, learningRate, slots }: Update): void {
    const { momentum, nesterov } = this.config;
    const step = multiply(gradient, learningRate);
    if (momentum === 0) {
      variable.assign(subtract(variable.read(), step));
      return;
    }
    const velocity = subtract(multiply(slots['momentum']!.read(), momentum), step);
    slots['momentum']!.assign(velocity);
    variable.assign(
      nesterov
        ? add(variable.read(), add(multiply(velocity, momentum), negative(step)))
        : add(variable.read(), velocity),
    );
  }
}
