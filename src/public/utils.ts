export { FeatureSpace, type FeatureSpaceOptions } from '../utils/feature-space.ts';
export * from '../utils/sources.ts';
export * from './page-utils.ts';
export { Config, type ModelToDotOptions, modelToDot } from './tools.ts';
