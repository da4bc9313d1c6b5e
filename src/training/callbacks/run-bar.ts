import { print } from '../../base/config.ts';
import { ProgressLine } from '../progress-line.ts';
import { Callback, type CallbackLogs } from './callback.ts';
import { ProgbarLogger } from './progbar-logger.ts';

/**
 * The progress bar of `fit`, `evaluate` and `predict`, if `verbose` asks for one. It reads numbers only when it prints
 * them.
 */
export class RunBar extends Callback {
  #bar: ProgressLine | undefined;

  override onEpochBegin(epoch: number): void {
    const { verbose, epochs, steps } = this.params;
    if (verbose > 0 && epochs > 1) print(`Epoch ${epoch + 1}/${epochs}`);
    this.#bar = new ProgressLine(steps, { verbose });
  }
  override onTestBegin(): void {
    // Validation within fit runs under the epoch's bar.
    this.#bar ??= new ProgressLine(this.params.steps, { verbose: this.params.verbose });
  }
  /** Whether the bar would print now; otherwise the running numbers need not be read. */
  isDue(): boolean {
    return this.#bar?.isDue() ?? false;
  }
  step(done: number, logs: CallbackLogs): void {
    this.#bar?.update(done, logs);
  }
  finish(done: number, logs: CallbackLogs): void {
    this.#bar?.finish(done, logs);
    this.#bar = undefined;
  }
}

/** The progress bar of a run, unless one of its callbacks prints one. */
export const runBar = (callbacks: readonly Callback[]): RunBar | undefined =>
  callbacks.some((callback) => callback instanceof ProgbarLogger) ? undefined : new RunBar();
