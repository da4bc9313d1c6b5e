import { showAsText } from '../../base/display.ts';
import { refuseBeside } from '../../base/options.ts';
import { Callback, type CallbackLogs } from './callback.ts';

/** Records the loss and metrics of every epoch; `fit` returns it. */
export class History extends Callback {
  /** Values by name, one per epoch: numbers, or lists of numbers for metrics with a vector result. */
  readonly history: Record<string, any[]> = {};
  /** Epoch numbers. */
  readonly epoch: number[] = [];

  constructor(...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    super();
  }

  override onEpochEnd(epoch: number, logs: CallbackLogs = {}): void {
    this.epoch.push(epoch);
    for (const [name, value] of Object.entries(logs)) (this.history[name] ??= []).push(value);
  }
  override toString(): string {
    const last = Object.entries(this.history).map(
      ([name, values]) => `, ${name}=${Number(values.at(-1)).toPrecision(4)}`,
    );
    return `<History epochs=${this.epoch.length}${last.join('')}>`;
  }
}
showAsText(History.prototype);
