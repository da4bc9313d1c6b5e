import { fail } from '../../base/errors.ts';
import type { CallbackLogs } from './callback.ts';

export type Mode = 'auto' | 'min' | 'max';

const rises = ['acc', 'accuracy', 'auc', 'fmeasure', 'f1', 'precision', 'recall', 'iou', 'ap', 'map'];

/** Whether a quantity gets better as it rises: told by `mode`, else guessed from its name. */
export function isRising(who: string, monitor: string, mode: Mode): boolean {
  if (mode !== 'auto' && mode !== 'min' && mode !== 'max')
    fail(who, `mode must be "auto", "min" or "max", got ${JSON.stringify(mode)}`, 'choose one of them');
  if (mode !== 'auto') return mode === 'max';
  const name = monitor.replace(/^val_/, '').toLowerCase();
  return (
    rises.some((word) => name === word || name.endsWith(`_${word}`) || name.includes('accuracy')) ||
    name.includes('mean_average_precision')
  );
}

/** The monitored value; a warning, once, when the logs do not hold it. */
export class Monitor {
  readonly name: string;
  readonly isRising: boolean;
  private readonly who: string;
  private hasWarned = false;

  constructor(who: string, name: string, mode: Mode) {
    this.who = who;
    this.name = name;
    this.isRising = isRising(who, name, mode);
  }
  get worst(): number {
    return this.isRising ? -Infinity : Infinity;
  }
  value(logs: CallbackLogs): number | undefined {
    const value = logs[this.name];
    if (value === undefined && !this.hasWarned) {
      this.hasWarned = true;
      console.warn(
        `${this.who}: "${this.name}" is not among the logs (${Object.keys(logs).join(', ')}). Fix: monitor one of them; val_… needs validation data.`,
      );
    }
    return value;
  }
  /** Whether a value is better than the best so far by more than `minDelta`. */
  isBetter(value: number, best: number, minDelta = 0): boolean {
    return this.isRising ? value - Math.abs(minDelta) > best : value + Math.abs(minDelta) < best;
  }
}
