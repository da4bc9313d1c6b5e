import { registerModule, type SerializableClass } from '../base/serialize.ts';
import { Model } from './model.ts';
import { Sequential } from './sequential.ts';

export { loadModel, modelFromJson, saveModel } from '../saving/index.ts';
export { Model, type ModelOptions } from './model.ts';
export { Sequential, type SequentialOptions } from './sequential.ts';

/** A functional model goes under this name in files. */
const Functional: SerializableClass = { className: 'Functional', fromConfig: (config) => Model.fromConfig(config) };
// A file names the module registered last.
registerModule('keras.models', [Sequential, Model, Functional]);
registerModule('keras', [Sequential, Model, Functional]);
