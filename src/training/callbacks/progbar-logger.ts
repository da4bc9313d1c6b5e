import { print } from '../../base/config.ts';
import { Progbar } from '../progbar.ts';
import { Callback, type CallbackLogs } from './callback.ts';

/** Prints Keras's progress bar. `fit` adds it where `verbose` asks for it. */
export class ProgbarLogger extends Callback {
  #bar: Progbar | undefined;

  override onEpochBegin(epoch: number): void {
    const { verbose, epochs, steps } = this.params;
    if (verbose > 0 && epochs > 1) print(`Epoch ${epoch + 1}/${epochs}`);
    this.#bar = new Progbar(steps, { verbose });
  }
  override onTestBegin(): void {
    // Validation within fit goes on under the epoch's bar.
    this.#bar ??= new Progbar(this.params.steps, { verbose: this.params.verbose });
  }
  /** Whether the bar would print now: only then are the running numbers worth reading. */
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
