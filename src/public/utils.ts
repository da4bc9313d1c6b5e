export { FeatureSpace, type FeatureSpaceOptions } from '../utils/feature-space.ts';
export * from '../utils/sources.ts';
export * from './page-utils.ts';
export {
  type Bucket,
  type ComparedLayer,
  type CompareOptions,
  type CompareSide,
  Config,
  compare,
  compareScript,
  type HistogramOptions,
  type HParamValues,
  type LoggedValue,
  type ModelComparison,
  type ModelToDotOptions,
  modelToDot,
  readEvents,
  type SummaryImageOptions,
  SummaryWriter,
  type SummaryWriterOptions,
} from './tools.ts';
