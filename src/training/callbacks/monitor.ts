import { fail } from '../../base/errors.ts';
import { trainerOf } from '../trainer.ts';
import type { CallbackLogs, CallbackModel } from './callback.ts';

export type Mode = 'auto' | 'min' | 'max';

// Keras's metrics by class name, with their direction; that of `Mean` and `Sum` is unknown.
const rising = /Accuracy$|^AUC$|Precision|Recall|Sensitivity|Specificity|^True|IoU$|Score$|Similarity$|Correlation$/;
const falling = /Error$|Crossentropy$|Divergence$|Hinge$|^Poisson$|^False/;

/** What a callback needs to know of a metric; a user's metric may state its own direction. */
interface Judged {
  readonly name: string;
  readonly className: string;
  readonly direction?: 'up' | 'down';
}
function isMetricRising({ direction, className }: Judged): boolean | undefined {
  if (direction) return direction === 'up';
  return rising.test(className) ? true : falling.test(className) ? false : undefined;
}

export interface MonitorOptions {
  /** Quantity to monitor. */
  readonly monitor: string;
  /** `'min'`: lower is better, `'max'`: higher is; by default the name of the log decides. */
  readonly mode: Mode;
  /** Smallest change that counts as an improvement. */
  readonly minDelta?: number;
}

/** A monitored quantity, and whether higher is better. */
export class Monitor {
  readonly name: string;
  readonly #mode: Mode;
  readonly #who: string;
  readonly #minDelta: number;
  #isRising: boolean | undefined;
  #hasWarned = false;

  constructor(who: string, { monitor, mode, minDelta = 0 }: MonitorOptions) {
    if (mode !== 'auto' && mode !== 'min' && mode !== 'max')
      console.warn(`${who}: mode ${JSON.stringify(mode)} is unknown, "auto" is used. Fix: use "min", "max" or "auto".`);
    if (typeof monitor !== 'string')
      fail(who, `monitor is ${JSON.stringify(monitor)}`, 'give a name in the logs, such as "val_loss"');
    this.#who = who;
    this.name = monitor;
    this.#mode = mode === 'min' || mode === 'max' ? mode : 'auto';
    this.#minDelta = Math.abs(minDelta);
  }

  /** Determines the direction of improvement if no mode is given. */
  judge(model: CallbackModel, logs: CallbackLogs): void {
    this.#isRising ??= this.#mode === 'auto' ? this.#askMetrics(model, logs) : this.#mode === 'max';
  }
  #askMetrics(model: CallbackModel, logs: CallbackLogs): boolean {
    const name = this.name.replace(/^val_/, '');
    if (name === 'loss' || name.endsWith('_loss')) return false;
    const metric =
      trainerOf(model)?.logged.find(([logged]) => logged === name)?.[1] ??
      (model.metrics as readonly Judged[]).find((m) => m.name === name);
    const isRising = metric && isMetricRising(metric);
    if (isRising === undefined && !(this.name in logs)) fail(this.#who, ...this.#absence(logs));
    return (
      isRising ??
      fail(this.#who, `it is not known whether "${this.name}" gets better as it rises`, 'set mode to "min" or "max"')
    );
  }
  /** The value in the logs; warns once if it is missing. */
  value(logs: CallbackLogs): number | undefined {
    const value: unknown = logs[this.name];
    if (Array.isArray(value))
      fail(
        this.#who,
        `"${this.name}" is a list of ${value.length} numbers, of which none can be said to be best`,
        "monitor one number: let the metric average (F1Score({ average: 'macro' })), or have one threshold",
      );
    if (value === undefined && !this.#hasWarned) {
      this.#hasWarned = true;
      const [problem, fix] = this.#absence(logs);
      console.warn(`${this.#who}: ${problem}. Fix: ${fix}.`);
    }
    return value as number | undefined;
  }
  #absence(logs: CallbackLogs): [problem: string, fix: string] {
    const known = Object.keys(logs).join(', ');
    return [`"${this.name}" is not among the logs (${known})`, 'monitor one of them; val_… needs validation data'];
  }
  /** Whether a value improves on another by more than `minDelta`; any value improves on none. */
  isBetter(value: number, than: number | null): boolean {
    if (than === null) return true;
    return this.#isRising ? value - this.#minDelta > than : value + this.#minDelta < than;
  }
}
