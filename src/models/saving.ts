/** What `keras.saving` is: the functions of files and configs; those that make models know all classes of models. */
export * from '../saving/index.ts';
export { deserializeKerasObject, loadModel, modelFromConfig, modelFromJson, modelFromKeras } from './load.ts';
