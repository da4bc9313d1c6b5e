/** What the core of pages leaves out, as a file beside it: layers over raw data, and what is made of them. */
export * from '../layers/preprocessing/index.ts';
export { FeatureSpace, type FeatureSpaceOptions } from '../utils/feature-space.ts';
