import type { OptionNames } from '../../base/options.ts';
import type { Callback } from './callback.ts';

/** The callback methods called at certain moments of a run. */
export type Moments = Pick<Callback, Extract<keyof Callback, `on${string}`>>;
/** Their names. */
export const moments: OptionNames<Moments> = {
  onTrainBegin: true,
  onTrainEnd: true,
  onEpochBegin: true,
  onEpochEnd: true,
  onBatchBegin: true,
  onBatchEnd: true,
  onTrainBatchBegin: true,
  onTrainBatchEnd: true,
  onTestBegin: true,
  onTestEnd: true,
  onTestBatchBegin: true,
  onTestBatchEnd: true,
  onPredictBegin: true,
  onPredictEnd: true,
  onPredictBatchBegin: true,
  onPredictBatchEnd: true,
};
