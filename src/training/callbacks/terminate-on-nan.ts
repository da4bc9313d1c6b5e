import { print } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { optionsOf } from '../../base/options.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';

/** Stops training at the first batch whose loss is NaN or infinite; with `raiseError`, throws an error. */
export class TerminateOnNaN extends Callback<CallbackModel> {
  readonly raiseError: boolean;

  constructor(
    options: {
      /** Whether an error ends training; false, which only stops it, by default. */
      readonly raiseError?: boolean;
    } = {},
    ...surplus: undefined[]
  ) {
    const { raiseError = false } = optionsOf('TerminateOnNaN', { raiseError: true }, options, surplus);
    super();
    this.raiseError = raiseError;
  }
  override onTrainBatchEnd(batch: number, logs: CallbackLogs = {}): void {
    const { loss } = logs;
    if (loss === undefined || Number.isFinite(loss)) return;
    if (this.raiseError)
      fail('TerminateOnNaN', `the loss of batch ${batch} is ${loss}`, 'lower the learning rate, or clip gradients');
    print(`Batch ${batch}: Invalid loss, terminating training`);
    this.model.stopTraining = true;
  }
}
