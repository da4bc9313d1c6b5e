import { f, type Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as ops from '../../ops/index.ts';
import { LearningRateSchedule } from './schedule.ts';

const steps = f.number({ min: Number.MIN_VALUE, isFloat: false });
/** `(1 + cos(π x)) / 2`. */
const wave = (x: Tensor): Tensor => ops.multiply(ops.add(ops.cos(ops.multiply(x, Math.PI)), 1), 0.5);
/** From 1 down to `alpha` as the wave falls from 1 to 0. */
const settle = (y: Tensor, alpha: number): Tensor => ops.add(ops.multiply(y, 1 - alpha), alpha);

const fields = {
  /** Learning rate of the first step. */
  initialLearningRate: f.number(),
  /** Number of steps over which the rate falls. */
  decaySteps: steps,
  /** Fraction of the rate that remains at the end. */
  alpha: f.number({ initial: 0 }),
  /** Name of the schedule. */
  name: f.string({ initial: 'CosineDecay' }),
  /** Rate to which a linear warm-up rises; null for no warm-up. */
  warmupTarget: f.nullable(f.number()),
  /** Number of steps over which the rate rises first, to `warmupTarget`; 0 by default. */
  warmupSteps: f.number({ initial: 0, isFloat: false }),
};
/** A cosine decay from the initial rate, or from the end of a warm-up, to `alpha` times it (Loshchilov and Hutter, 2016). */
export class CosineDecay extends LearningRateSchedule<typeof fields> {
  static override readonly className = 'CosineDecay';
  static override readonly fields = fields;
  rate(step: Tensor): Tensor {
    const { initialLearningRate: initial, warmupTarget, warmupSteps, decaySteps } = this.config;
    if (warmupTarget === null) return this.#fall(ops.minimum(step, decaySteps), initial);
    const now = ops.minimum(step, decaySteps + warmupSteps);
    const rise = ops.add(ops.multiply(ops.divide(now, warmupSteps), warmupTarget - initial), initial);
    return ops.where(ops.less(now, warmupSteps), rise, this.#fall(ops.subtract(now, warmupSteps), warmupTarget));
  }
  #fall(step: Tensor, from: number): Tensor {
    const { decaySteps, alpha } = this.config;
    return ops.multiply(settle(wave(ops.divide(step, decaySteps)), alpha), from);
  }
}
export interface CosineDecay extends Resolved<typeof fields> {}

const restartFields = {
  /** Learning rate of the first step. */
  initialLearningRate: f.number(),
  /** Number of steps until the first restart. */
  firstDecaySteps: steps,
  /** How much longer each period is than the one before. */
  tMul: f.number({ initial: 2 }),
  /** Factor of the initial rate of each period, relative to the one before. */
  mMul: f.number({ initial: 1 }),
  /** Lowest rate, as a fraction of the initial one; 0 by default. */
  alpha: f.number({ initial: 0 }),
  /** Name of the schedule. */
  name: f.string({ initial: 'SGDRDecay' }),
};
/** A cosine decay that starts again and again (Loshchilov and Hutter, 2016). */
export class CosineDecayRestarts extends LearningRateSchedule<typeof restartFields> {
  static override readonly className = 'CosineDecayRestarts';
  static override readonly fields = restartFields;
  rate(step: Tensor): Tensor {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this.config;
    const done = ops.divide(step, firstDecaySteps);
    const [round, part] = tMul === 1 ? evenPeriods(done) : growingPeriods(done, tMul);
    const height = ops.multiply(wave(part), ops.power(mMul, round));
    return ops.multiply(settle(height, alpha), initialLearningRate);
  }
}
export interface CosineDecayRestarts extends Resolved<typeof restartFields> {}
const evenPeriods = (done: Tensor): [round: Tensor, part: Tensor] => {
  const round = ops.floor(done);
  return [round, ops.subtract(done, round)];
};
/** Number of the period, and how much of it has passed, when each is `factor` times as long as the one before. */
function growingPeriods(done: Tensor, factor: number): [round: Tensor, part: Tensor] {
  const logarithm = ops.log(ops.subtract(1, ops.multiply(done, 1 - factor)));
  const round = ops.floor(ops.divide(logarithm, Math.fround(Math.log(factor))));
  const length = ops.power(factor, round);
  const before = ops.divide(ops.subtract(1, length), 1 - factor);
  return [round, ops.divide(ops.subtract(done, before), length)];
}
