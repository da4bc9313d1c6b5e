import type { CallbackList } from './callbacks/callback-list.ts';
import type { Logs, Trainer } from './trainer.ts';

/** Tells callbacks of the batches of one round, every `stepsPerExecution` of them as one. */
export class Executions {
  private readonly callbacks: CallbackList;
  private readonly kind: 'Train' | 'Test' | 'Predict';
  private readonly trainer: Trainer;
  private readonly size: number;
  private begun: number | undefined;

  constructor(callbacks: CallbackList, kind: 'Train' | 'Test' | 'Predict', trainer: Trainer) {
    this.callbacks = callbacks;
    this.kind = kind;
    this.trainer = trainer;
    this.size = trainer.compiled?.options.stepsPerExecution ?? 1;
  }
  /** Before step number `step`. */
  async begin(step: number): Promise<void> {
    if (this.begun !== undefined) return;
    this.begun = step;
    await this.callbacks.batch(`on${this.kind}BatchBegin`, step);
  }
  /** After step number `step`, whose results `logs` holds. */
  async end(step: number, logs: Logs): Promise<void> {
    if (this.begun !== undefined && step + 1 - this.begun === this.size) await this.finish(logs);
  }
  /** After the last step. */
  async finish(logs: Logs): Promise<void> {
    if (this.begun === undefined) return;
    // As in Keras, an execution that the data cut short counts as a whole one.
    const last = this.begun + this.size - 1;
    this.begun = undefined;
    await this.callbacks.batch(`on${this.kind}BatchEnd`, last, () => this.trainer.read(logs));
  }
}
