import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as ops from '../../ops/index.ts';
import { LearningRateSchedule } from './schedule.ts';

const steps = f.number({ min: Number.MIN_VALUE, isFloat: false });
const numbers = {
  expects: 'an array of numbers',
  check: (v: unknown): v is readonly number[] => Array.isArray(v) && v.every((x) => typeof x === 'number'),
  parse: (v: readonly number[]) => [...v],
};
const portion = (step: Tensor, every: number, staircase: boolean): Tensor => {
  const p = ops.divide(step, every);
  return staircase ? ops.floor(p) : p;
};

const rateFields = (name: string) => ({
  /** Learning rate of the first step. */
  initialLearningRate: f.number(),
  /** Number of steps over which the rate falls. */
  decaySteps: steps,
  /** Factor of the rate over `decaySteps` steps. */
  decayRate: f.number(),
  /** Whether the rate falls in stairs, every `decaySteps` steps. */
  staircase: f.bool(false),
  /** Name of the schedule. */
  name: f.string({ initial: name }),
});
const exponentialFields = rateFields('ExponentialDecay');
/** `initial · decayRate^(step / decaySteps)`. */
export class ExponentialDecay extends LearningRateSchedule<typeof exponentialFields> {
  static override readonly className = 'ExponentialDecay';
  static override readonly fields = exponentialFields;
  rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.config;
    return ops.multiply(ops.power(decayRate, portion(step, decaySteps, staircase)), initialLearningRate);
  }
}
export interface ExponentialDecay extends Resolved<typeof exponentialFields> {}
const inverseFields = rateFields('InverseTimeDecay');
/** `initial / (1 + decayRate · step / decaySteps)`. */
export class InverseTimeDecay extends LearningRateSchedule<typeof inverseFields> {
  static override readonly className = 'InverseTimeDecay';
  static override readonly fields = inverseFields;
  rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, decayRate, staircase } = this.config;
    const growth = ops.multiply(portion(step, decaySteps, staircase), decayRate);
    return ops.divide(initialLearningRate, ops.add(growth, 1));
  }
}
export interface InverseTimeDecay extends Resolved<typeof inverseFields> {}

const piecewiseFields = {
  /** Steps at which the rate changes, in ascending order. */
  boundaries: f.custom<readonly number[], readonly number[]>(numbers),
  /** Rates between the boundaries: one more than there are boundaries. */
  values: f.custom<readonly number[], readonly number[]>({ ...numbers, isFloat: true }),
  /** Name of the schedule. */
  name: f.string({ initial: 'PiecewiseConstant' }),
};
/** The k-th value up to the k-th boundary, and the last value after all boundaries. */
export class PiecewiseConstantDecay extends LearningRateSchedule<typeof piecewiseFields> {
  static override readonly className = 'PiecewiseConstantDecay';
  static override readonly fields = piecewiseFields;
  constructor(
    options: ConstructorParameters<typeof LearningRateSchedule<typeof piecewiseFields>>[0],
    ...surplus: undefined[]
  ) {
    super(options, ...surplus);
    const { boundaries, values } = this.config;
    if (boundaries.length !== values.length - 1)
      fail(
        'PiecewiseConstantDecay',
        `${values.length} values for ${boundaries.length} boundaries`,
        'give one value more than boundaries',
      );
  }
  rate(step: Tensor): Tensor {
    const { boundaries, values } = this.config;
    // Boundaries take the type of the step, an integer.
    return boundaries.reduceRight<Tensor>(
      (later, boundary, k) => ops.where(ops.lessEqual(step, Math.trunc(boundary)), values[k], later),
      ops.full([], values.at(-1)!, { dtype: 'float32' }),
    );
  }
}
export interface PiecewiseConstantDecay extends Resolved<typeof piecewiseFields> {}

const polynomialFields = {
  /** Learning rate of the first step. */
  initialLearningRate: f.number(),
  /** Number of steps over which the rate falls. */
  decaySteps: steps,
  /** Learning rate at the end; 0.0001 by default. */
  endLearningRate: f.number({ initial: 0.0001 }),
  /** Power of the polynomial; 1 (a line) by default. */
  power: f.number({ initial: 1 }),
  /** Whether the decay starts again, over a longer time, when it has ended. */
  cycle: f.bool(false),
  /** Name of the schedule. */
  name: f.string({ initial: 'PolynomialDecay' }),
};
/** `(initial - end) · (1 - step / decaySteps)^power + end`. */
export class PolynomialDecay extends LearningRateSchedule<typeof polynomialFields> {
  static override readonly className = 'PolynomialDecay';
  static override readonly fields = polynomialFields;
  rate(step: Tensor): Tensor {
    const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = this.config;
    const rounds = ops.where(ops.equal(step, 0), 1, ops.ceil(ops.divide(step, decaySteps)));
    const p = cycle
      ? ops.divide(step, ops.multiply(rounds, decaySteps))
      : ops.divide(ops.minimum(step, decaySteps), decaySteps);
    const span = Math.fround(Math.fround(initialLearningRate) - Math.fround(endLearningRate));
    return ops.add(ops.multiply(ops.power(ops.subtract(1, p), power), span), endLearningRate);
  }
}
export interface PolynomialDecay extends Resolved<typeof polynomialFields> {}
