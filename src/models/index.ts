export { saveModel } from '../saving/index.ts';
export { type CloneModelOptions, cloneModel } from './clone-model.ts';
export { loadModel, modelFromJson } from './load.ts';
export { Model, type ModelOptions } from './model.ts';
export { Sequential, type SequentialOptions } from './sequential.ts';
