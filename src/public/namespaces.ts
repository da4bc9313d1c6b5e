/** Namespaces that the core of pages leaves to files beside it, whole or in part. */
export * as applications from '../applications/index.ts';
export * as coco from '../coco/index.ts';
export * as datasets from '../datasets/index.ts';
export * as distillation from '../distillation/index.ts';
export * as callbacks from './callbacks.ts';
export * as data from './data.ts';
export * as distribution from './distribution.ts';
export * as dtypePolicies from './dtype-policies.ts';
export * as preprocessing from './keras-preprocessing.ts';
export * as layers from './layers.ts';
export * as quantizers from './quantizers.ts';
export * as saving from './saving.ts';
export * as utils from './utils.ts';
export * as visualization from './visualization.ts';
