import * as saving from '../saving/index.ts';
import { Model } from './model.ts';
import { registerModels } from './register.ts';
import { Sequential } from './sequential.ts';

/** A file may hold a model of either class: where one is read, bundlers must leave out neither. */
function reading<F extends (...args: never[]) => unknown>(read: F): F {
  return ((...args: Parameters<F>) => {
    registerModels(Model, Sequential);
    return read(...args);
  }) as F;
}

/** Reads a model that `save` (ours or Keras's) wrote: from a path, a URL, or the bytes themselves (`Uint8Array`, `File`). */
export const loadModel = /* @__PURE__ */ reading(saving.loadModel);
/** Makes a model, with fresh weights, from what `toJson` gave. */
export const modelFromJson = /* @__PURE__ */ reading(saving.modelFromJson);
/** Makes the model that a config describes. */
export const modelFromConfig = /* @__PURE__ */ reading(saving.modelFromConfig);
/** The model in the bytes of a `.keras` file. */
export const modelFromKeras = /* @__PURE__ */ reading(saving.modelFromKeras);
/** Makes again what `serializeKerasObject` wrote. */
export const deserializeKerasObject = /* @__PURE__ */ reading(saving.deserializeKerasObject);
