import { add, cast, divide, multiply, power, sqrt, square, subtract } from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { approach, momentFields, seenShare } from './adam.ts';
import type { OptimizerAttributes } from './fields.ts';
import { Optimizer, type Update } from './optimizer.ts';

/** Adam with Nesterov's look-ahead, with a momentum that warms up: `u_t = beta1 · (1 - 0.96^t / 2)` (Dozat, 2015). @see https://keras.io/api/optimizers/nadam/ */
export class Nadam extends Optimizer<typeof momentFields> {
  static override readonly className = 'Nadam';
  static override readonly fields = momentFields;
  /** The product of all momenta so far. */
  #product: Variable | undefined;

  protected override slotsOf(_variable: Variable) {
    return [['momentum', 'velocity']];
  }
  override build(variables: readonly Variable[]): void {
    if (this.built) return;
    super.build(variables);
    this.#product = this.track('variable', { shape: [], dtype: variables[0]?.dtype ?? 'float32' }, 1);
  }
  #momentumAt(step: Tensor): Tensor {
    return multiply(subtract(1, multiply(0.5, power(0.96, step))), this.config.beta1);
  }
  protected override beforeUpdates(step: Tensor): void {
    this.#product!.assign(multiply(this.#product!.read(), this.#momentumAt(step)));
  }
  protected override update({ gradient, variable, learningRate, slots, step }: Update): void {
    const { beta1, beta2, epsilon } = this.config;
    const { momentum, velocity } = slots;
    const next = this.#momentumAt(add(step, 1));
    const product = cast(this.#product!.read(), variable.dtype);
    const m = approach(momentum, gradient, 1 - beta1);
    const v = approach(velocity, square(gradient), 1 - beta2);
    const ahead = add(
      multiply(m, divide(next, subtract(1, multiply(product, next)))),
      multiply(gradient, divide(subtract(1, this.#momentumAt(step)), subtract(1, product))),
    );
    const spread = add(sqrt(divide(v, seenShare(beta2, step))), epsilon);
    variable.assign(subtract(variable.read(), divide(multiply(ahead, learningRate), spread)));
  }
}
export interface Nadam extends OptimizerAttributes<typeof momentFields> {}
