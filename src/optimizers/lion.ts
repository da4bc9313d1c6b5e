import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { Optimizer } from './optimizer.ts';
import { assignSub } from './slots.ts';

const fields = {
  beta1: f.custom<number, number>({
    expects: 'a number above 0 and <= 1',
    check: (v): v is number => typeof v === 'number' && v > 0 && v <= 1,
    parse: (v) => v,
    initial: 0.9,
  }),
  beta2: f.number({ initial: 0.99 }),
};
/** `w -= rate · sign(β₁ · m + (1 - β₁) · g)` (Chen et al., 2023). */
export class Lion extends Optimizer<typeof fields> {
  static override readonly className = 'Lion';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    this.addSlots(variables, ['momentum']);
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const m = this.slot(variable, 'momentum');
    const mixed = (beta: number): Tensor => ops.add(ops.multiply(m.value, beta), ops.multiply(gradient, 1 - beta));
    assignSub(variable, ops.multiply(learningRate, ops.sign(mixed(this.config.beta1))));
    m.assign(mixed(this.config.beta2));
  }
}
