import type { CallbackLogs } from './callbacks/callback.ts';
import type { Listeners } from './callbacks/listeners.ts';
import type { Trainer } from './trainer.ts';

type Read = () => Promise<CallbackLogs>;

/** Notifies callbacks of the batches of one round, treating every `stepsPerExecution` of them as one. */
export class Executions {
  private readonly callbacks: Listeners;
  private readonly kind: 'Train' | 'Test' | 'Predict';
  private readonly size: number;
  private begun: number | undefined;

  constructor(callbacks: Listeners, kind: 'Train' | 'Test' | 'Predict', { compiled }: Trainer) {
    this.callbacks = callbacks;
    this.kind = kind;
    this.size = compiled?.options.stepsPerExecution ?? 1;
  }
  /** The first step of the current execution. */
  get first(): number {
    return this.begun ?? 0;
  }
  /** Before step number `step`. */
  async begin(step: number): Promise<void> {
    if (this.begun !== undefined) return;
    this.begun = step;
    await this.callbacks.batch(`on${this.kind}BatchBegin`, step);
  }
  /** After step number `step`; `logs` is only called if there is a listener. */
  async end(step: number, logs: Read): Promise<void> {
    if (this.begun !== undefined && step + 1 - this.begun === this.size) await this.finish(logs);
  }
  /** After the last step. */
  async finish(logs: Read): Promise<void> {
    if (this.begun === undefined) return;
    // As in Keras, an execution cut short by the end of the data counts in full.
    const last = this.begun + this.size - 1;
    await this.callbacks.batch(`on${this.kind}BatchEnd`, last, logs);
    this.begun = undefined;
  }
}
