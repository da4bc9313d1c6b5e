import { print } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { exposeOptions } from '../../base/exposed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import type { Optimizer } from '../../optimizers/index.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';
import { logLearningRates, ratedOptimizers } from './learning-rates.ts';
import { type Mode, Monitor } from './monitor.ts';

/** Options of `ReduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions {
  /** Quantity to monitor. */
  readonly monitor?: string;
  /** Factor the learning rate is multiplied by; less than 1. */
  readonly factor?: number;
  /** Epochs without improvement before the rate is reduced. */
  readonly patience?: number;
  /** 1 prints a message when the rate is reduced; 0 by default. */
  readonly verbose?: 0 | 1;
  /** `'min'`: lower is better, `'max'`: higher is; by default the name of the log decides. */
  readonly mode?: Mode;
  /** Smallest change that counts as an improvement. */
  readonly minDelta?: number;
  /** Epochs to wait after a reduction before counting again. */
  readonly cooldown?: number;
  /** Lower bound on the learning rate. */
  readonly minLr?: number;
}
const reduceLROnPlateauOptions: OptionNames<ReduceLROnPlateauOptions> = {
  monitor: true,
  factor: true,
  patience: true,
  verbose: true,
  mode: true,
  minDelta: true,
  cooldown: true,
  minLr: true,
};

/** Reduces the learning rate when a monitored quantity has stopped improving. */
export class ReduceLROnPlateau extends Callback<CallbackModel> {
  readonly #options: Required<ReduceLROnPlateauOptions>;
  readonly #monitor: Monitor;
  /** The best value seen in this run; null before the first. */
  best: number | null = null;
  /** Epochs since the last improvement or reduction. */
  wait = 0;
  /** Epochs that are left of the pause after a reduction. */
  cooldownCounter = 0;

  constructor(options: ReduceLROnPlateauOptions = {}, ...surplus: undefined[]) {
    optionsOf('ReduceLROnPlateau', reduceLROnPlateauOptions, options, surplus);
    super();
    this.#options = {
      monitor: 'val_loss',
      factor: 0.1,
      patience: 10,
      verbose: 0,
      mode: 'auto',
      minDelta: 1e-4,
      cooldown: 0,
      minLr: 0,
      ...options,
    };
    exposeOptions(this, this.#options);
    if (this.#options.factor >= 1)
      fail('ReduceLROnPlateau', `factor must be below 1, got ${this.#options.factor}`, 'use 0.1, for example');
    this.#monitor = new Monitor('ReduceLROnPlateau', this.#options);
  }
  get #optimizer(): Optimizer {
    return this.model.optimizer ?? fail('ReduceLROnPlateau', 'the model has no optimizer', 'compile it first');
  }

  /** Whether the callback is waiting after a reduction. */
  inCooldown(): boolean {
    return this.cooldownCounter > 0;
  }
  override onTrainBegin(): void {
    this.best = null;
    this.wait = this.cooldownCounter = 0;
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    this.#monitor.judge(this.model, logs);
    await logLearningRates(this.#optimizer, logs);
    const value = this.#monitor.value(logs);
    if (value === undefined) return;
    if (this.inCooldown()) {
      this.cooldownCounter--;
      this.wait = 0;
    }
    if (this.#monitor.isBetter(value, this.best)) {
      this.best = value;
      this.wait = 0;
      return;
    }
    if (this.inCooldown() || ++this.wait < this.#options.patience) return;
    if (!(await this.#reduce(epoch))) return;
    this.cooldownCounter = this.#options.cooldown;
    this.wait = 0;
  }
  /** Reduces the learning rates; returns whether any could be reduced. */
  async #reduce(epoch: number): Promise<boolean> {
    const { factor, minLr, verbose } = this.#options;
    let isReduced = false;
    for (const { optimizer, key } of ratedOptimizers(this.#optimizer)) {
      const before = await optimizer.readLearningRate();
      if (before <= Math.fround(minLr)) continue;
      const rate = Math.max(before * factor, minLr);
      optimizer.learningRate = rate;
      isReduced = true;
      if (verbose > 0) print(`\nEpoch ${epoch + 1}: ReduceLROnPlateau reducing ${key} to ${rate}.`);
    }
    return isReduced;
  }

  static {
    exactMethods(this);
  }
}
export interface ReduceLROnPlateau extends Readonly<Required<ReduceLROnPlateauOptions>> {}
