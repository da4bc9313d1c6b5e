export { FeatureSpace, type FeatureSpaceOptions } from '../utils/feature-space.ts';
export * from '../utils/sources.ts';
export * from './page-utils.ts';
export { type ModelToDotOptions, modelToDot } from './tools.ts';
