import { f } from '../base/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import type { Variable } from '../tensor/variable.ts';
import { Optimizer } from './optimizer.ts';
import { assignSub, makeVariable } from './slots.ts';

const fields = {
  beta2Decay: f.custom<number, number>({
    expects: 'a number',
    check: (v): v is number => typeof v === 'number',
    parse: (v) => v,
    initial: -0.8,
    key: 'beta_2_decay',
  }),
  epsilon1: f.number({ initial: 1e-30 }),
  epsilon2: f.number({ initial: 1e-3 }),
  clipThreshold: f.number({ initial: 1 }),
  /** Whether the rate falls with the root of the step. */
  relativeStep: f.bool(true),
};
const rms = (x: Tensor): Tensor => ops.sqrt(ops.mean(ops.square(x)));

/** Mean squares kept as one row and one column a matrix (Shazeer and Stern, 2018). */
export class Adafactor extends Optimizer<typeof fields> {
  static override readonly className = 'Adafactor';
  static override readonly fields = fields;

  protected override makeSlots(variables: readonly Variable[]): void {
    for (const v of variables) {
      const isMatrix = v.shape.length >= 2;
      const make = (shape: readonly number[]): Variable =>
        this.track(makeVariable(this.name, v.name, shape, isMatrix ? v.dtype : 'float32'));
      // Vectors have placeholders, as in Keras's files.
      this.setSlot(v, 'rows', make(isMatrix ? v.shape.slice(0, -1) : []));
      this.setSlot(v, 'columns', make(isMatrix ? [...v.shape.slice(0, -2), v.shape.at(-1)!] : []));
      this.addSlots([v], ['velocity']);
    }
  }
  updateStep(gradient: Tensor, variable: Variable, learningRate: Tensor): void {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold, relativeStep } = this.config;
    const step = this.localStep(variable);
    const falling = ops.divide(1, ops.sqrt(step));
    const rate = relativeStep && !this.hasSchedule ? ops.minimum(learningRate, falling) : learningRate;
    const size = ops.multiply(ops.maximum(rms(variable.value), epsilon2), ops.minimum(rate, falling));
    const square = ops.add(ops.square(gradient), epsilon1);
    const keep = ops.subtract(1, ops.power(step, beta2Decay));
    const mixed = (old: Variable, x: Tensor): Tensor =>
      old.assign(ops.add(ops.multiply(keep, old.value), ops.multiply(ops.subtract(1, keep), x)));
    const v = this.slot(variable, 'velocity');
    if (variable.shape.length >= 2) {
      const rows = mixed(this.slot(variable, 'rows'), ops.mean(square, { axis: -1 }));
      const columns = mixed(this.slot(variable, 'columns'), ops.mean(square, { axis: -2 }));
      const share = ops.divide(rows, ops.mean(rows, { axis: -1, keepdims: true }));
      v.assign(ops.multiply(ops.expandDims(share, -1), ops.expandDims(columns, -2)));
    } else mixed(v, square);
    const u = ops.divide(gradient, ops.sqrt(v.value));
    const clipped = ops.divide(u, ops.maximum(ops.divide(rms(u), clipThreshold), 1));
    assignSub(variable, ops.multiply(size, clipped));
  }
}
