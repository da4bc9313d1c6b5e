import { print } from '../../base/config.ts';
import { exactMethods } from '../../base/exact.ts';
import { exposeOptions } from '../../base/exposed.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Callback, type CallbackLogs, type CallbackModel } from './callback.ts';
import { type Mode, Monitor } from './monitor.ts';

/** Options of `EarlyStopping`. */
export interface EarlyStoppingOptions {
  /** Quantity to monitor. */
  readonly monitor?: string;
  /** Smallest change that counts as an improvement. */
  readonly minDelta?: number;
  /** Epochs without improvement before training stops. */
  readonly patience?: number;
  /** 1 prints a message when the callback acts; 0 by default. */
  readonly verbose?: 0 | 1;
  /** `'min'`: lower is better, `'max'`: higher is; by default the name of the log decides. */
  readonly mode?: Mode;
  /** Value that must be improved upon; by default the first epoch's. */
  readonly baseline?: number | null;
  /** Restores the weights of the best epoch at the end. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before monitoring starts. */
  readonly startFromEpoch?: number;
}
const earlyStoppingOptions: OptionNames<EarlyStoppingOptions> = {
  monitor: true,
  minDelta: true,
  patience: true,
  verbose: true,
  mode: true,
  baseline: true,
  restoreBestWeights: true,
  startFromEpoch: true,
};

/** Stops training when a monitored quantity has stopped improving. */
export class EarlyStopping extends Callback<CallbackModel> {
  readonly #options: Required<EarlyStoppingOptions>;
  readonly #monitor: Monitor;
  /** The best value seen in this run; null before the first. */
  best: number | null = null;
  /** The weights of the best epoch, if they are to be restored. */
  bestWeights: Tensor[] | null = null;
  /** The epoch of the best value, from 0. */
  bestEpoch = 0;
  /** Epochs since the last improvement. */
  wait = 0;
  /** The epoch after which it stopped training, from 0; 0 if it did not. */
  stoppedEpoch = 0;

  constructor(options: EarlyStoppingOptions = {}, ...surplus: undefined[]) {
    optionsOf('EarlyStopping', earlyStoppingOptions, options, surplus);
    super();
    this.#options = {
      monitor: 'val_loss',
      minDelta: 0,
      patience: 0,
      verbose: 0,
      mode: 'auto',
      baseline: null,
      restoreBestWeights: false,
      startFromEpoch: 0,
      ...options,
    };
    exposeOptions(this, this.#options);
    this.#monitor = new Monitor('EarlyStopping', this.#options);
  }

  /** The quantity in the logs; warns once if it is missing. */
  getMonitorValue(logs: CallbackLogs): number | undefined {
    return this.#monitor.value(logs);
  }
  override onTrainBegin(): void {
    this.wait = this.stoppedEpoch = this.bestEpoch = 0;
    this.best = null;
    this.bestWeights = null;
  }
  override onEpochEnd(epoch: number, logs: CallbackLogs = {}): void {
    const { startFromEpoch, restoreBestWeights, baseline, patience } = this.#options;
    this.#monitor.judge(this.model, logs);
    const value = this.getMonitorValue(logs);
    if (value === undefined || epoch < startFromEpoch) return;
    if (restoreBestWeights && !this.bestWeights) {
      this.bestWeights = this.model.getWeights();
      this.bestEpoch = epoch;
    }
    this.wait++;
    if (this.#monitor.isBetter(value, this.best)) {
      this.best = value;
      this.bestEpoch = epoch;
      if (restoreBestWeights) this.bestWeights = this.model.getWeights();
      if (baseline === null || this.#monitor.isBetter(value, baseline)) this.wait = 0;
      return;
    }
    if (this.wait >= patience && epoch > 0) {
      this.stoppedEpoch = epoch;
      this.model.stopTraining = true;
    }
  }
  override onTrainEnd(): void {
    const { verbose, restoreBestWeights } = this.#options;
    if (this.stoppedEpoch > 0 && verbose > 0) print(`Epoch ${this.stoppedEpoch + 1}: early stopping`);
    if (!restoreBestWeights || !this.bestWeights) return;
    if (verbose > 0) print(`Restoring model weights from the end of the best epoch: ${this.bestEpoch + 1}.`);
    this.model.setWeights(this.bestWeights);
  }

  static {
    exactMethods(this);
  }
}
export interface EarlyStopping extends Readonly<Required<EarlyStoppingOptions>> {}
