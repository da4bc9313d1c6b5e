import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { approach } from './adam.ts';
import { Optimizer } from './optimizer.ts';
import { assignSub } from './slots.ts';

const fields = {
  /** How much of the mean squares stays at each step. */
  rho: f.number({ initial: 0.95 }),
  epsilon: f.number({ initial: 1e-7 }),
};
/** Gradients scaled so that movements keep the size of the movements before (Zeiler, 2012). */
export class Adadelta extends Optimizer<typeof fields> {
  static override readonly className = 'Adadelta';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['accumulated_grad', 'accumulated_delta_var']);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { rho, epsilon } = this.config;
    const [squares, moves] = [this.slot(variable, 'accumulated_grad'), this.slot(variable, 'accumulated_delta_var')];
    const root = (x: Variable): Tensor => ops.sqrt(ops.add(x.value, epsilon));
    approach(squares, ops.square(gradient), 1 - rho);
    const move = ops.divide(ops.multiply(root(moves), gradient), root(squares));
    approach(moves, ops.square(move), 1 - rho);
    assignSub(variable, ops.multiply(learningRate, move));
  }
}
