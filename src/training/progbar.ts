import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { ProgressLine } from './progress-line.ts';

/** Options of `Progbar`. */
export interface ProgbarOptions {
  /** Number of steps expected; null if unknown. */
  readonly target: number | null;
  /** Width of the bar in characters. */
  readonly width?: number;
  /** 0 is silent, 1 a bar, 2 a line at the end. */
  readonly verbose?: number;
  /** Minimum seconds between two updates. */
  readonly interval?: number;
  /** Names of values that are shown as they are; all others are averaged over the steps. */
  readonly statefulMetrics?: readonly string[] | null;
  /** Names of values that are averaged; all others are then shown as they are. */
  readonly statelessMetrics?: readonly string[] | null;
  /** Name of the unit counted; `'step'` by default. */
  readonly unitName?: string;
}
const progbarOptions: OptionNames<ProgbarOptions> = {
  target: true,
  width: true,
  verbose: true,
  interval: true,
  statefulMetrics: true,
  statelessMetrics: true,
  unitName: true,
};
type Values = Readonly<Record<string, number>> | readonly (readonly [name: string, value: number])[];

/**
 * A progress bar like that of `fit`, for custom loops.
 * @example new keras.utils.Progbar({ target: 10, verbose: 0 }).add(1, { loss: 0.5 })
 */
export class Progbar {
  target: number | null;
  readonly width: number;
  readonly verbose: number;
  readonly interval: number;
  readonly unitName: string;
  readonly statefulMetrics: ReadonlySet<string> | null;
  readonly statelessMetrics: ReadonlySet<string> | null;
  readonly #line: ProgressLine;
  readonly #sums = new Map<string, readonly [sum: number, count: number]>();
  #seen = 0;

  constructor(options: ProgbarOptions, ...surplus: undefined[]) {
    const {
      target,
      width = 20,
      verbose = 1,
      interval = 0.05,
      statefulMetrics = null,
      statelessMetrics = null,
      unitName = 'step',
    } = optionsOf('Progbar', progbarOptions, options, surplus);
    if (statefulMetrics && statelessMetrics)
      fail(
        'Progbar',
        'it has both statefulMetrics and statelessMetrics',
        'name those of one kind; the rest are of the other',
      );
    this.target = target;
    this.width = width;
    this.verbose = verbose;
    this.interval = interval;
    this.unitName = unitName;
    this.statelessMetrics = statelessMetrics && new Set(statelessMetrics);
    this.statefulMetrics = statelessMetrics ? null : new Set(statefulMetrics);
    this.#line = new ProgressLine(target ?? undefined, { verbose, interval, width, unit: unitName });
  }
  #isAveraged(name: string): boolean {
    return this.statefulMetrics ? !this.statefulMetrics.has(name) : this.statelessMetrics!.has(name);
  }
  /** Reports that `current` steps are done, with the latest values; `finalize` ends the line, as does reaching the target. */
  update(
    current: number,
    values: Values = {},
    options: {
      /** Whether the line is ended; by default when the target is reached. */
      readonly finalize?: boolean | null;
    } = {},
  ): void {
    const { finalize } = optionsOf('Progbar.update', { finalize: true }, options);
    const isLast = finalize ?? (this.target !== null && current >= this.target);
    const steps = Math.max(current - this.#seen, 1);
    for (const [name, value] of Array.isArray(values) ? values : Object.entries(values)) {
      const [sum, count] = this.#sums.get(name) ?? [0, 0];
      const isMean = this.#isAveraged(name) && !isLast;
      this.#sums.set(name, isMean ? [sum + value * steps, count + steps] : [value, 1]);
    }
    this.#seen = current;
    if (isLast) this.#line.finish(current, this.averages);
    else this.#line.update(current, this.averages);
  }
  /** Reports `n` more steps. */
  add(n: number, values: Values = {}): void {
    this.update(this.#seen + n, values);
  }
  /** The values as displayed. */
  get averages(): Record<string, number> {
    return Object.fromEntries([...this.#sums].map(([name, [sum, count]]) => [name, sum / Math.max(1, count)]));
  }

  static {
    exactMethods<Progbar>(this, { update: 3, add: 2 });
  }
}
