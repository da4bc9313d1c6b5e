export { FeatureSpace, type FeatureSpaceOptions } from '../utils/feature-space.ts';
export * from './page-utils.ts';
export * from './sources.ts';
export { type ModelToDotOptions, modelToDot } from './tools.ts';
