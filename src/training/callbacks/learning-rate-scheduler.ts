import { print } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { optionsOf } from '../../base/options.ts';
import type { Optimizer } from '../../optimizers/index.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';
import { logLearningRates, ratedOptimizers } from './learning-rates.ts';

type Schedule = (epoch: number, learningRate: number) => number;
export interface LearningRateSchedulerOptions {
  /** Returns the learning rate for an epoch (counted from 0), given the current one. */
  readonly schedule: Schedule;
  /** 1 prints a message when the rate is set; 0 by default. */
  readonly verbose?: 0 | 1;
}

/** Sets the learning rate at the beginning of every epoch to `schedule(epoch, rate)`. */
export class LearningRateScheduler extends Callback<CallbackModel> {
  /** Computes the learning rate of an epoch, from 0, given the current one. */
  readonly schedule: Schedule;
  readonly verbose: 0 | 1;

  /** Accepts the schedule itself, or an object with all options. */
  constructor(
    given: Schedule | LearningRateSchedulerOptions,
    options: {
      /** 1 tells each new rate; 0 by default. */
      readonly verbose?: 0 | 1;
    } = {},
    ...surplus: undefined[]
  ) {
    super();
    const all =
      typeof given === 'function'
        ? { ...optionsOf('LearningRateScheduler', { verbose: true }, options), schedule: given }
        : given;
    const { schedule, verbose = 0 } = optionsOf(
      'LearningRateScheduler',
      { schedule: true, verbose: true },
      all,
      surplus,
    );
    if (typeof schedule !== 'function')
      fail('LearningRateScheduler', 'it has no schedule', 'pass a function (epoch, learningRate) => learningRate');
    this.schedule = schedule;
    this.verbose = verbose;
  }
  get #optimizer(): Optimizer {
    return this.model.optimizer ?? fail('LearningRateScheduler', 'the model has no optimizer', 'compile it first');
  }
  override async onEpochBegin(epoch: number): Promise<void> {
    for (const { optimizer } of ratedOptimizers(this.#optimizer)) {
      const rate = this.schedule(epoch, await optimizer.readLearningRate());
      if (typeof rate !== 'number' || Number.isNaN(rate))
        fail('LearningRateScheduler', `the schedule gave ${String(rate)} for epoch ${epoch}`, 'give a number');
      optimizer.learningRate = rate;
      if (this.verbose > 0) print(`\nEpoch ${epoch + 1}: LearningRateScheduler setting learning rate to ${rate}.`);
    }
  }
  override onEpochEnd(_epoch: number, logs: CallbackLogs = {}): Promise<void> {
    return logLearningRates(this.#optimizer, logs);
  }
}
