import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { MersenneTwister } from '../random/mersenne-twister.ts';

/** A value that a search draws. */
export type HyperValue = number | string | boolean;
/** Values by name. */
export type HyperValues = Readonly<Record<string, HyperValue>>;

/** The range of values, and how they are drawn. */
export interface RangeOptions {
  /** The smallest value. */
  readonly minValue: number;
  /** The largest value, inclusive. */
  readonly maxValue: number;
  /** Distance between two values; with `'log'` sampling their quotient. For integers, 1 by default. */
  readonly step?: number | null;
  /** `'linear'`: all values are as likely; `'log'`: all orders of magnitude are, `'reverse_log'`: the same, denser at the upper end. */
  readonly sampling?: 'linear' | 'log' | 'reverse_log';
}
const rangeOptions: OptionNames<RangeOptions> = { minValue: true, maxValue: true, step: true, sampling: true };

/** Options of `HyperParameters`. */
export interface HyperParametersOptions {
  /** Values that are taken instead of draws, such as `best.values`. */
  readonly values?: HyperValues;
  /** Seed of the draws, as in `tune`; 0 by default. */
  readonly seed?: number;
  /** The number of the trial, from 0, whose values are drawn. */
  readonly trial?: number;
}
const names: OptionNames<HyperParametersOptions> = { values: true, seed: true, trial: true };

/**
 * What a trial's model is made with: each call draws a value under its name, the same one for the same seed, trial and name.
 * @example new HyperParameters({ values: { units: 32 } }).int('units', { minValue: 16, maxValue: 64 }) // 32
 * @see https://keras.io/keras_tuner/api/hyperparameters/
 */
export class HyperParameters {
  readonly #values: Record<string, HyperValue>;
  readonly #seed: number;
  readonly #trial: number;

  constructor(options?: HyperParametersOptions, ...surplus: undefined[]) {
    const { values = {}, seed = 0, trial = 0 } = optionsOf('HyperParameters', names, options, surplus);
    this.#values = { ...values };
    this.#seed = seed;
    this.#trial = trial;
  }
  /** What was drawn so far, by name. */
  get values(): HyperValues {
    return { ...this.#values };
  }
  /** The value of a name that was drawn before. */
  get(name: string): HyperValue {
    return Object.hasOwn(this.#values, name)
      ? this.#values[name]!
      : fail(
          'HyperParameters.get',
          `"${name}" was not drawn so far`,
          `known are: ${Object.keys(this.#values).join(', ') || 'none'}`,
        );
  }
  /** A whole number. */
  int(name: string, options: RangeOptions): number {
    const range = checkedRange('HyperParameters.int', name, options);
    for (const key of ['minValue', 'maxValue'] as const)
      if (!Number.isInteger(range[key]))
        fail('HyperParameters.int', `${key} of "${name}" is ${range[key]}`, 'give a whole number, or use float');
    const isLinear = range.sampling === 'linear';
    return this.#draw(name, (u) => {
      const { minValue, maxValue, step } = range;
      if (step !== null || isLinear) return Math.round(stepped(u, { ...range, step: step ?? 1 }));
      return Math.min(maxValue, Math.floor(spread(u, { ...range, minValue, maxValue: maxValue + 1 })));
    }) as number;
  }
  /** A number. */
  float(name: string, options: RangeOptions): number {
    const range = checkedRange('HyperParameters.float', name, options);
    return this.#draw(name, (u) => (range.step === null ? spread(u, range) : stepped(u, range))) as number;
  }
  /** One of some values. */
  choice<V extends HyperValue>(name: string, values: readonly V[]): V {
    if (!Array.isArray(values) || values.length === 0)
      fail('HyperParameters.choice', `"${name}" has ${show(values)} to choose from`, 'give a list of values');
    return this.#draw(name, (u) => values[Math.floor(u * values.length)]!) as V;
  }
  /** True or false. */
  boolean(name: string): boolean {
    return this.#draw(name, (u) => u < 0.5) as boolean;
  }
  /** A value that is the same in all trials, recorded with the others. */
  fixed<V extends HyperValue>(name: string, value: V): V {
    return this.#draw(name, () => value) as V;
  }
  #draw(name: string, of: (u: number) => HyperValue): HyperValue {
    if (typeof name !== 'string' || name === '')
      fail('HyperParameters', `the name of a value is ${show(name)}`, 'give a text: hp.float("learningRate", …)');
    if (!Object.hasOwn(this.#values, name)) {
      const letters = Array.from(name, (c) => c.codePointAt(0)!);
      const bits = MersenneTwister.fromWords([this.#seed, this.#trial, ...letters]).next();
      this.#values[name] = of(bits / 2 ** 32);
    }
    return this.#values[name]!;
  }

  static {
    exactMethods(this);
  }
}

interface Range {
  readonly minValue: number;
  readonly maxValue: number;
  readonly step: number | null;
  readonly sampling: 'linear' | 'log' | 'reverse_log';
}
function checkedRange(who: string, name: string, options: RangeOptions): Range {
  const { minValue, maxValue, step = null, sampling = 'linear' } = optionsOf(who, rangeOptions, options);
  const isFinite = Number.isFinite(minValue) && Number.isFinite(maxValue);
  if (!isFinite || minValue > maxValue)
    fail(
      who,
      `"${name}" goes from ${show(minValue)} to ${show(maxValue)}`,
      'give minValue and maxValue, in this order',
    );
  if (sampling !== 'linear' && sampling !== 'log' && sampling !== 'reverse_log')
    fail(who, `sampling of "${name}" is ${show(sampling)}`, "use 'linear', 'log' or 'reverse_log'");
  if (sampling !== 'linear' && minValue <= 0)
    fail(who, `minValue of "${name}" is ${minValue}, which has no logarithm`, 'give one above 0, or linear sampling');
  const least = sampling === 'linear' ? 0 : 1;
  if (step !== null && !(step > least))
    fail(who, `step of "${name}" is ${show(step)}`, `give one above ${least}, or leave it out`);
  if (step !== null && sampling === 'reverse_log')
    fail(who, `"${name}" has a step and sampling 'reverse_log'`, 'leave one of them out');
  return { minValue, maxValue, step, sampling };
}
/** A value between the ends, for u from 0 to 1. */
function spread(u: number, { minValue, maxValue, sampling }: Range): number {
  if (sampling === 'linear') return minValue + u * (maxValue - minValue);
  const along = (v: number): number => minValue * (maxValue / minValue) ** v;
  return sampling === 'log' ? along(u) : maxValue + minValue - along(1 - u);
}
/** One of the values from the smallest on, a step apart. */
function stepped(u: number, { minValue, maxValue, step, sampling }: Range & { readonly step: number | null }): number {
  const by = step!;
  const reach = sampling === 'linear' ? (maxValue - minValue) / by : Math.log(maxValue / minValue) / Math.log(by);
  const k = Math.floor(u * (Math.floor(reach + 1e-8) + 1));
  return sampling === 'linear' ? minValue + k * by : minValue * by ** k;
}
