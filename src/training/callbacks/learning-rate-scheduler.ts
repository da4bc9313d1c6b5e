import { fail } from '../../base/errors.ts';
import type { Optimizer } from '../../optimizers/index.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';
import { logLearningRates, ratedOptimizers } from './learning-rates.ts';

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
  private get optimizer(): Optimizer {
    return this.model.optimizer ?? fail('LearningRateScheduler', 'the model has no optimizer', 'compile it first');
  }
  override async onEpochBegin(epoch: number): Promise<void> {
    for (const { optimizer } of ratedOptimizers(this.optimizer)) {
      const rate = this.schedule(epoch, await optimizer.readLearningRate());
      if (typeof rate !== 'number' || Number.isNaN(rate))
        fail('LearningRateScheduler', `the schedule gave ${String(rate)} for epoch ${epoch}`, 'give a number');
      optimizer.learningRate = rate;
      if (this.verbose > 0)
        console.log(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
    }
  }
  override onEpochEnd(_epoch: number, logs: CallbackLogs = {}): Promise<void> {
    return logLearningRates(this.optimizer, logs);
  }
}
