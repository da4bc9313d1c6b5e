import { f } from '../base/field.ts';
import { add, multiply, rsqrt, square, subtract } from '../ops/index.ts';
import { Optimizer, optimizerFields, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  /** Decay of the squares' average. */
  rho: f.number({ initial: 0.9, min: 0, max: 1 }),
  momentum: f.number({ initial: 0 }),
  epsilon: f.number({ initial: 1e-7 }),
  /** Divides by the variance instead of the mean square. */
  centered: f.bool(false),
};

/** Divides gradients by a moving root of their mean square (Hinton, 2012). @see https://keras.io/api/optimizers/rmsprop/ */
export class RMSprop extends Optimizer<typeof fields> {
  static override readonly className = 'RMSprop';
  static override readonly fields = fields;
  protected override readonly slotOrder = 'bySlot';

  protected override slotNames() {
    const { momentum, centered } = this.config;
    return ['velocity', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['average_gradient'] : [])];
  }
  protected override update({ gradient, variable, learningRate, slots }: Update): void {
    const { rho, momentum, epsilon, centered } = this.config;
    const velocity = add(multiply(slots['velocity']!.read(), rho), multiply(square(gradient), 1 - rho));
    slots['velocity']!.assign(velocity);
    let spread = velocity;
    if (centered) {
      const average = add(multiply(slots['average_gradient']!.read(), rho), multiply(gradient, 1 - rho));
      slots['average_gradient']!.assign(average);
      spread = subtract(velocity, square(average));
    }
    let step = multiply(multiply(learningRate, gradient), rsqrt(add(spread, epsilon)));
    if (momentum > 0) {
      step = add(multiply(slots['momentum']!.read(), momentum), step);
      slots['momentum']!.assign(step);
    }
    variable.assign(subtract(variable.read(), step));
  }
}
