import { f } from '../base/field/field.ts';
import {
  add,
  divide,
  expandDims,
  maximum,
  mean,
  minimum,
  multiply,
  power,
  rsqrt,
  sqrt,
  square,
  subtract,
} from '../ops/index.ts';
import type { Tensor, Variable } from '../tensor/index.ts';
import { type OptimizerAttributes, optimizerFields } from './fields.ts';
import { Optimizer, type Slot, type Update } from './optimizer.ts';

const fields = {
  ...optimizerFields,
  /** How the decay of the averages approaches 1: `1 - step^beta2Decay`. */
  beta2Decay: f.number({ initial: -0.8, key: 'beta_2_decay' }),
  /** Lower bound of the squares of gradients. */
  epsilon1: f.number({ initial: 1e-30 }),
  /** Lower bound of the root mean square that is assumed for a variable. */
  epsilon2: f.number({ initial: 1e-3 }),
  /** Root mean square above which a step is scaled down. */
  clipThreshold: f.number({ initial: 1 }),
  /** Stored in files only: the rate never exceeds `1 / √step` in any case. */
  relativeStep: f.bool(true),
};
const rms = (x: Tensor): Tensor => sqrt(mean(square(x)));

/** Adam with little memory: for matrices it keeps averages of the squares by row and by column only (Shazeer and Stern, 2018). @see https://keras.io/api/optimizers/adafactor/ */
export class Adafactor extends Optimizer<typeof fields> {
  static override readonly className = 'Adafactor';
  static override readonly fields = fields;

  protected override slotsOf({ shape, name: path }: Variable): Slot[][] {
    const isMatrix = shape.length >= 2;
    const [rows, columns] = [shape.slice(0, -1), [...shape.slice(0, -2), ...shape.slice(-1)]];
    // As in Keras, variables that are no matrices have two unused numbers in files.
    const part = (name: string, own: readonly number[]): Slot =>
      isMatrix ? { name, path, shape: own } : { name, path, shape: [], dtype: 'int32' };
    return [[part('rows', rows), part('columns', columns), 'velocity']];
  }
  protected override update({ gradient, variable, learningRate, slots, step }: Update): void {
    const { beta2Decay, epsilon1, epsilon2, clipThreshold } = this.config;
    const { rows, columns, velocity } = slots;
    const rate = multiply(maximum(rms(variable.read()), epsilon2), minimum(learningRate, rsqrt(step)));
    const fresh = power(step, beta2Decay);
    const average = (slot: Variable, x: Tensor): Tensor =>
      slot.assign(add(multiply(subtract(1, fresh), slot.read()), multiply(fresh, x)));
    const squares = add(square(gradient), epsilon1);
    let v: Tensor;
    if (variable.shape.length >= 2) {
      const r = average(rows, mean(squares, { axis: -1 }));
      const c = average(columns, mean(squares, { axis: -2 }));
      const share = divide(r, mean(r, { axis: -1, keepdims: true }));
      v = velocity.assign(multiply(expandDims(share, -1), expandDims(c, -2)));
    } else v = average(velocity, squares);
    const change = divide(gradient, sqrt(v));
    const cut = maximum(divide(rms(change), clipThreshold), 1);
    variable.assign(subtract(variable.read(), multiply(change, divide(rate, cut))));
  }
}
export interface Adafactor extends OptimizerAttributes<typeof fields> {}
