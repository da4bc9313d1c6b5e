import { fail } from '../../base/errors.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';

/** Sets the learning rate at the beginning of every epoch: `schedule(epoch, rate)` gives the new one. */
export class LearningRateScheduler extends Callback<CallbackModel> {
  private readonly schedule: (epoch: number, learningRate: number) => number;
  private readonly verbose: 0 | 1;

  constructor(
    schedule: (epoch: number, learningRate: number) => number,
    { verbose = 0 }: { readonly verbose?: 0 | 1 } = {},
  ) {
    super();
    this.schedule = schedule;
    this.verbose = verbose;
  }
  private get optimizer() {
    return this.model.optimizer ?? fail('LearningRateScheduler', 'the model has no optimizer', 'compile it first');
  }
  override async onEpochBegin(epoch: number): Promise<void> {
    const rate = this.schedule(epoch, await this.optimizer.readLearningRate());
    if (typeof rate !== 'number' || Number.isNaN(rate))
      fail('LearningRateScheduler', `the schedule gave ${String(rate)} for epoch ${epoch}`, 'give a number');
    this.optimizer.learningRate = rate;
    if (this.verbose > 0) console.log(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
  }
  override async onEpochEnd(_epoch: number, logs: CallbackLogs = {}): Promise<void> {
    logs['learning_rate'] = await this.optimizer.readLearningRate();
  }
}
