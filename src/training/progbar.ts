import type { CallbackLogs } from './callbacks/callback.ts';

const width = 20;
const isTerminal = (): boolean => typeof process !== 'undefined' && process.stdout?.isTTY === true;
const write = (text: string): void => {
  if (typeof process !== 'undefined' && process.stdout) process.stdout.write(text);
};

/** `1.2345e-05` for small numbers, four decimals otherwise: how Keras shows metrics. */
export function showNumber(x: number): string {
  if (Math.abs(x) > 1e-3) return x.toFixed(4);
  return x.toExponential(4).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `12s`, `1:02`, `1:02:03`. */
function showTime(seconds: number): string {
  const s = Math.floor(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s > 3600) return `${Math.floor(s / 3600)}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return s > 60 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${s}s`;
}
function showStep(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${Math.round(seconds)}s/step`;
  return seconds >= 1e-3 ? `${Math.round(seconds * 1e3)}ms/step` : `${Math.round(seconds * 1e6)}us/step`;
}

/**
 * A progress bar as Keras prints it: `5/12 ━━━━━━━━━━━━━━━━━━━━ 1s 20ms/step - loss: 0.1234`. In a terminal the line is written again
 * and again; elsewhere once, at the end.
 */
export class Progbar {
  private readonly target: number | undefined;
  private readonly verbose: number;
  private readonly interval: number;
  private readonly start = performance.now();
  private last = 0;
  private shown = 0;

  constructor(
    target: number | undefined,
    { verbose = 1, interval = 0.05 }: { readonly verbose?: number; readonly interval?: number } = {},
  ) {
    this.target = target;
    this.verbose = verbose;
    this.interval = interval;
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
    const seconds = (performance.now() - this.start) / 1000;
    const each = seconds / Math.max(1, done);
    const target = isLast ? done : this.target;
    const count =
      target === undefined ? `${done}/Unknown` : `${String(done).padStart(String(target).length)}/${target}`;
    const filled = target === undefined ? width : Math.round((width * done) / target);
    const left = target === undefined || isLast ? seconds : each * (target - done);
    const time =
      this.verbose === 2 ? `${Math.round(seconds)}s - ${showStep(each)}` : `${showTime(left)} ${showStep(each)}`;
    const values = Object.entries(logs)
      .map(([name, x]) => ` - ${name}: ${showNumber(x)}`)
      .join('');
    const bar =
      `━`.repeat(filled) + (isTerminal() ? `\x1b[37m${'━'.repeat(width - filled)}\x1b[0m` : ' '.repeat(width - filled));
    const line = this.verbose === 2 ? `${count} - ${time}${values}` : `${count} ${bar} ${time}${values}`;
    if (!isTerminal() || this.verbose === 2) {
      if (isLast) write(`${line}\n`);
      return;
    }
    write(`\r${line}${' '.repeat(Math.max(0, this.shown - line.length))}${isLast ? '\n' : ''}`);
    this.shown = line.length;
  }
}
