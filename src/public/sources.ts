/** What the core of pages leaves out, as a file beside it: where data come from. */
export * as datasets from '../datasets/index.ts';
export * from '../utils/sources.ts';
export * as data from './data.ts';
export * as preprocessing from './keras-preprocessing.ts';
