import { f } from '../../base/field.ts';
import { registerModule } from '../../base/serialize.ts';
import {
  add,
  ceil,
  cos,
  divide,
  floor,
  less,
  lessEqual,
  log,
  maximum,
  minimum,
  multiply,
  power,
  subtract,
  where,
} from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { LearningRateSchedule } from './schedule.ts';

export { LearningRateSchedule } from './schedule.ts';

const decay = {
  /** Rate at the beginning. */
  initialLearningRate: f.number(),
  /** Steps over which it decays. */
  decaySteps: f.int({ min: 1 }),
};
const numbers = f.custom<readonly number[], readonly number[]>({
  expects: 'an array of numbers',
  check: (v): v is readonly number[] => Array.isArray(v) && v.every((x) => typeof x === 'number'),
  parse: (v) => [...v],
});

const exponential = {
  ...decay,
  /** Factor for each `decaySteps`. */ decayRate: f.number(),
  /** Decays in whole steps only. */ staircase: f.bool(false),
};
/** `rate · decayRate^(step / decaySteps)`. */
export class ExponentialDecay extends LearningRateSchedule<typeof exponential> {
  static override readonly className = 'ExponentialDecay';
  static override readonly fields = exponential;
  protected rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.config;
    const done = divide(step, decaySteps);
    return multiply(initialLearningRate, power(decayRate, staircase ? floor(done) : done));
  }
}

/** `rate / (1 + decayRate · step / decaySteps)`. */
export class InverseTimeDecay extends LearningRateSchedule<typeof exponential> {
  static override readonly className = 'InverseTimeDecay';
  static override readonly fields = exponential;
  protected rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.config;
    const done = divide(step, decaySteps);
    return divide(initialLearningRate, add(1, multiply(decayRate, staircase ? floor(done) : done)));
  }
}

const pieces = {
  /** Steps at which the rate changes. */ boundaries: numbers,
  /** Rates between them: one more than boundaries. */ values: numbers,
};
/** One rate up to and including each boundary. */
export class PiecewiseConstantDecay extends LearningRateSchedule<typeof pieces> {
  static override readonly className = 'PiecewiseConstantDecay';
  static override readonly fields = pieces;
  protected rate(step: Tensor): Tensor {
    const { boundaries, values } = this.config;
    return boundaries.reduceRight<Tensor>(
      (later, boundary, k) => where(lessEqual(step, boundary), values[k]!, later) as Tensor,
      multiply(add(multiply(step, 0), 1), values.at(-1)!),
    );
  }
}

const polynomial = {
  ...decay,
  /** Rate in the end. */ endLearningRate: f.number({ initial: 0.0001 }),
  power: f.number({ initial: 1 }),
  /** Begins again after each `decaySteps`. */ cycle: f.bool(false),
};
/** `(rate − end) · (1 − step / decaySteps)^power + end`. */
export class PolynomialDecay extends LearningRateSchedule<typeof polynomial> {
  static override readonly className = 'PolynomialDecay';
  static override readonly fields = polynomial;
  protected rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, endLearningRate, power: exponent, cycle } = this.config;
    const rounds = cycle ? multiply(maximum(ceil(divide(step, decaySteps)), 1), decaySteps) : decaySteps;
    const share = divide(cycle ? step : minimum(step, decaySteps), rounds);
    return add(multiply(initialLearningRate - endLearningRate, power(subtract(1, share), exponent)), endLearningRate);
  }
}

const cosine = {
  ...decay,
  /** Smallest rate, as a share of the first. */ alpha: f.number({ initial: 0 }),
  /** Rate at the end of the warm-up; without one there is none. */ warmupTarget: f.nullable(f.number()),
  warmupSteps: f.int({ initial: 0 }),
};
/** Half a cosine from the first rate to `alpha` times it, after an optional linear warm-up (Loshchilov and Hutter, 2016). */
export class CosineDecay extends LearningRateSchedule<typeof cosine> {
  static override readonly className = 'CosineDecay';
  static override readonly fields = cosine;
  private decayed(step: Tensor, from: number): Tensor {
    const { decaySteps, alpha } = this.config;
    const share = multiply(0.5, add(1, cos(multiply(Math.PI, divide(step, decaySteps)))));
    return multiply(from, add(multiply(1 - alpha, share), alpha));
  }
  protected rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, warmupTarget, warmupSteps } = this.config;
    if (warmupTarget === null) return this.decayed(minimum(step, decaySteps), initialLearningRate);
    const limited = minimum(step, decaySteps + warmupSteps);
    const warming = add(
      multiply(warmupTarget - initialLearningRate, divide(limited, warmupSteps)),
      initialLearningRate,
    );
    return where(
      less(limited, warmupSteps),
      warming,
      this.decayed(subtract(limited, warmupSteps), warmupTarget),
    ) as Tensor;
  }
}

const restarts = {
  initialLearningRate: f.number(),
  /** Steps of the first round. */
  firstDecaySteps: f.int({ min: 1 }),
  /** Growth of the rounds. */
  tMul: f.number({ initial: 2, key: 't_mul' }),
  /** Factor of the rate from round to round. */
  mMul: f.number({ initial: 1, key: 'm_mul' }),
  alpha: f.number({ initial: 0 }),
};
/** Cosine decay that begins again, in longer rounds. */
export class CosineDecayRestarts extends LearningRateSchedule<typeof restarts> {
  static override readonly className = 'CosineDecayRestarts';
  static override readonly fields = restarts;
  protected rate(step: Tensor): Tensor {
    const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = this.config;
    const done = divide(step, firstDecaySteps);
    const round = tMul === 1 ? floor(done) : floor(divide(log(subtract(1, multiply(done, 1 - tMul))), Math.log(tMul)));
    const share =
      tMul === 1
        ? subtract(done, round)
        : divide(subtract(done, divide(subtract(1, power(tMul, round)), 1 - tMul)), power(tMul, round));
    const cosineShare = multiply(multiply(0.5, power(mMul, round)), add(1, cos(multiply(Math.PI, share))));
    return multiply(initialLearningRate, add(multiply(1 - alpha, cosineShare), alpha));
  }
}

registerModule('keras.optimizers.schedules', [
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  PiecewiseConstantDecay,
  PolynomialDecay,
]);
