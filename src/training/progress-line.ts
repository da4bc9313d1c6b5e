import { isInteractiveLoggingEnabled } from '../base/config.ts';
import { fixed } from '../base/fixed.ts';
import { isTerminal, terminalColumns } from '../base/terminal.ts';
import type { CallbackLogs } from './callbacks/callback.ts';

const write = (text: string): void => {
  if (isInteractiveLoggingEnabled() && typeof process !== 'undefined' && process.stdout) process.stdout.write(text);
};

/** `1.2345e-05` for small numbers, four decimals otherwise: how Keras shows metrics. */
export function showNumber(x: number): string {
  if (Math.abs(x) > 1e-3) return fixed(x, 4);
  return x.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** A number, or the mean of a list: how the vector result of a metric is displayed. */
const meanOf = (x: unknown): number => {
  if (!Array.isArray(x)) return Number(x);
  const numbers = x.flat(9) as number[];
  return numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
};
/** `12s`, `1:02`, `1:02:03`. */
function showTime(seconds: number): string {
  const s = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s > 3600) return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return s > 60 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${s}s`;
}
function showStep(seconds: number, unit: string): string {
  if (seconds >= 1 || seconds === 0) return `${Math.round(seconds)}s/${unit}`;
  return seconds >= 1e-3 ? `${Math.round(seconds * 1e3)}ms/${unit}` : `${Math.round(seconds * 1e6)}us/${unit}`;
}

const bar = (share: number, width: number): string => {
  const filled = Math.round(width * share);
  return `${'━'.repeat(filled)}\x1b[37m${'━'.repeat(width - filled)}\x1b[0m`;
};
/** The line cut to fit, since one that wraps cannot be overwritten: first the bar is shortened, then the end is dropped. */
function fitted(count: string, share: number, rest: string, width: number): string {
  const room = terminalColumns() - 1 - count.length - 2;
  const barWidth = Math.min(width, Math.max(0, room - rest.length));
  const text = rest.length + barWidth <= room ? rest : `${rest.slice(0, Math.max(0, room - barWidth - 1))}…`;
  return `${count} ${bar(share, barWidth)} ${text}`;
}

/** The look of a progress bar, and the minimum seconds between updates. */
export interface ProgressLook {
  readonly verbose?: number;
  readonly interval?: number;
  readonly width?: number;
  readonly unit?: string;
}

/**
 * A progress bar as Keras prints it: `5/12 ━━━━━━━━━━━━━━━━━━━━ 1s 20ms/step - loss: 0.1234`. In a terminal the line is
 * updated in place; elsewhere it is printed once, at the end.
 */
export class ProgressLine {
  private readonly target: number | undefined;
  private readonly verbose: number;
  private readonly interval: number;
  private readonly width: number;
  private readonly unit: string;
  private readonly start = performance.now();
  private last = 0;

  constructor(
    target: number | undefined,
    { verbose = 1, interval = 0.05, width = 20, unit = 'step' }: ProgressLook = {},
  ) {
    this.target = target;
    this.verbose = verbose;
    this.interval = interval;
    this.width = width;
    this.unit = unit;
  }
  isDue(): boolean {
    return this.verbose === 1 && isTerminal() && performance.now() - this.last >= this.interval * 1000;
  }
  update(done: number, logs: CallbackLogs): void {
    if (!this.isDue()) return;
    this.last = performance.now();
    this.print(done, logs, false);
  }
  finish(done: number, logs: CallbackLogs): void {
    if (this.verbose > 0) this.print(done, logs, true);
  }

  private print(done: number, logs: CallbackLogs, isLast: boolean): void {
    const { width, unit } = this;
    const seconds = (performance.now() - this.start) / 1000;
    const each = seconds / Math.max(1, done);
    const target = isLast ? done : this.target;
    const count =
      target === undefined ? `${done}/Unknown` : `${String(done).padStart(String(target).length)}/${target}`;
    const left = target === undefined || isLast ? seconds : each * (target - done);
    const time =
      this.verbose === 2
        ? `${Math.round(seconds)}s - ${showStep(each, unit)}`
        : `${showTime(left)} ${showStep(each, unit)}`;
    const values = Object.entries(logs)
      .map(([name, x]) => ` - ${name}: ${showNumber(meanOf(x))}`)
      .join('');
    const share = target === undefined ? 1 : Math.min(1, done / target);
    if (!isTerminal() || this.verbose === 2) {
      const bar = '━'.repeat(Math.round(width * share)).padEnd(width);
      if (isLast) write(this.verbose === 2 ? `${count} - ${time}${values}\n` : `${count} ${bar} ${time}${values}\n`);
      return;
    }
    write(
      isLast
        ? `\r\x1b[K${count} ${bar(1, width)} ${time}${values}\n`
        : `\r\x1b[K${fitted(count, share, `${time}${values}`, width)}`,
    );
  }
}
