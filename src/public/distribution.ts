export * from '../distribution/index.ts';
export {
  type Build,
  HyperParameters,
  type HyperParametersOptions,
  type HyperValue,
  type HyperValues,
  type RangeOptions,
  type Trial,
  type TuneOptions,
  type TuneResult,
  tune,
} from '../tuning/index.ts';
