import { f } from '../base/field.ts';
import { add, divide, maximum, multiply, power, sqrt, square, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { Optimizer, optimizerFields, type Update } from './optimizer.ts';

export const adamFields = {
  ...optimizerFields,
  /** Decay of the gradients' average. */
  beta1: f.number({ initial: 0.9, min: 0, max: 1 }),
  /** Decay of the squares' average. */
  beta2: f.number({ initial: 0.999, min: 0, max: 1 }),
  /** Keeps the division finite. */
  epsilon: f.number({ initial: 1e-7 }),
  /** Divides by the largest average of squares so far (Reddi et al., 2018). */
  amsgrad: f.bool(false),
};

/** `x + (y - x) · share`: a moving average's next value. */
export const approach = (x: Tensor, y: Tensor, share: number): Tensor => add(x, multiply(subtract(y, x), share));

/** Adam: steps in units of the gradient's own spread (Kingma and Ba, 2014). @see https://keras.io/api/optimizers/adam/ */
export class Adam extends Optimizer<typeof adamFields> {
  static override readonly className: string = 'Adam';
  static override readonly fields: typeof adamFields = adamFields;
  private readonly largest = new Map<Variable, Variable>();

  protected override slotNames() {
    return ['momentum', 'velocity'];
  }
  protected override onBuild(variables: readonly Variable[]): void {
    if (!this.config.amsgrad) return;
    for (const v of variables)
      this.largest.set(
        v,
        this.track(`${v.path.replaceAll('/', '_')}_velocity_hat`, () => multiply(v.value, 0)),
      );
  }
  protected override update({ gradient, variable, learningRate, slots, step }: Update): void {
    const { beta1, beta2, epsilon } = this.config;
    const alpha = divide(
      multiply(learningRate, sqrt(subtract(1, power(beta2, step)))),
      subtract(1, power(beta1, step)),
    );
    const m = approach(slots['momentum']!.read(), gradient, 1 - beta1);
    let v = approach(slots['velocity']!.read(), square(gradient), 1 - beta2);
    slots['momentum']!.assign(m);
    slots['velocity']!.assign(v);
    const largest = this.largest.get(variable);
    if (largest) {
      v = maximum(largest.read(), v);
      largest.assign(v);
    }
    variable.assign(subtract(variable.read(), divide(multiply(m, alpha), add(sqrt(v), epsilon))));
  }
}

const decayed = { ...adamFields, weightDecay: { ...optimizerFields.weightDecay, initial: 0.004 } };
/** Adam with weight decay apart from the gradient (Loshchilov and Hutter, 2017). @see https://keras.io/api/optimizers/adamw/ */
export class AdamW extends Adam {
  static override readonly className: string = 'AdamW';
  static override readonly fields = decayed;
}
