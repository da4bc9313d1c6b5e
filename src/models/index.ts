export { saveModel } from '../saving/index.ts';
export { loadModel, modelFromJson } from './load.ts';
export { Model, type ModelOptions } from './model.ts';
export { Sequential, type SequentialOptions } from './sequential.ts';
