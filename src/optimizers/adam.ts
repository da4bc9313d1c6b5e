import { f } from '../base/field/field.ts';
import { add, divide, maximum, multiply, power, sqrt, square, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

/** Options of optimizers that keep averages of gradients and of their squares. */
export const momentFields = {
  ...optimizerFields,
  /** Decay of the average of gradients. */
  beta1: f.number({ initial: 0.9 }),
  /** Decay of the average of squares. */
  beta2: f.number({ initial: 0.999 }),
  /** Keeps the division finite. */
  epsilon: f.number({ initial: 1e-7 }),
};
const fields = {
  ...momentFields,
  /** Divides by the largest average of squares so far (Reddi et al., 2018). */
  amsgrad: f.bool(false),
};

/** Moves an average towards `x`: `a + (x - a) · share`. */
export const approach = (average: Variable, x: Tensor, share: number): Tensor =>
  average.assign(add(average.read(), multiply(subtract(x, average.read()), share)));

/** `1 - beta^step`: the sum of the weights in an average that began at zero. */
export const seenShare = (beta: number, step: Tensor): Tensor => subtract(1, power(beta, step));

interface Moments {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}
/** Adam's step with bias-corrected averages; with a slot `velocity_hat`, AMSGrad's. */
export function adamStep({ gradient, variable, learningRate, slots, step }: Update, options: Moments): void {
  const { beta1, beta2, epsilon } = options;
  const { momentum, velocity, velocity_hat: largest } = slots;
  const alpha = divide(multiply(learningRate, sqrt(seenShare(beta2, step))), seenShare(beta1, step));
  const m = approach(momentum, gradient, 1 - beta1);
  const average = approach(velocity, square(gradient), 1 - beta2);
  const v = largest ? largest.assign(maximum(largest.read(), average)) : average;
  variable.assign(subtract(variable.read(), divide(multiply(m, alpha), add(sqrt(v), epsilon))));
}

/** Adam: gradients divided by the root of their mean square (Kingma and Ba, 2014). @see https://keras.io/api/optimizers/adam/ */
export class Adam extends Optimizer<typeof fields> {
  static override readonly className: string = 'Adam';
  static override readonly fields: typeof fields = fields;

  protected override slotsOf(_variable: Variable) {
    return [['momentum', 'velocity'], this.config.amsgrad ? ['velocity_hat'] : []];
  }
  protected override update(update: Update): void {
    adamStep(update, this.config);
  }
}
export interface Adam extends OptimizerAttributes<typeof fields> {}

/** Adam with weight decay that is separate from the gradient (Loshchilov and Hutter, 2017). @see https://keras.io/api/optimizers/adamw/ */
export class AdamW extends Adam {
  static override readonly className: string = 'AdamW';
  static override readonly fields = {
    ...fields,
    weightDecay: f.number({ initial: 0.004 }),
  } as typeof fields;
}
