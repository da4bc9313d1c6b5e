/** The search for hyperparameters. */

export type { Build } from './given.ts';
export {
  HyperParameters,
  type HyperParametersOptions,
  type HyperValue,
  type HyperValues,
  type RangeOptions,
} from './hyper-parameters.ts';
export type { Trial } from './records.ts';
export { type TuneOptions, type TuneResult, tune } from './tune.ts';
