import type { Config, FileSource, LoadModelOptions } from '../saving/index.ts';
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

/** What reads a model gives a Model, whose class the caller may name closer: `loadModel<Sequential>(…)`. */
type FromFile = <M = Model>(filepath: FileSource, options?: LoadModelOptions) => Promise<M>;
type FromJson = <M = Model>(text: string, options?: LoadModelOptions) => M;

/** Reads a model that `save` (ours or Keras's) wrote: from a path, a URL, or the bytes themselves (`Uint8Array`, `File`). */
export const loadModel = /* @__PURE__ */ reading<FromFile>(saving.loadModel);
/** Makes a model, with fresh weights, from what `toJson` gave. */
export const modelFromJson = /* @__PURE__ */ reading<FromJson>(saving.modelFromJson);
/** Makes the model that a config describes. */
export const modelFromConfig = /* @__PURE__ */ reading(
  saving.modelFromConfig as (config: Config, options?: LoadModelOptions) => Model,
);
/** The model in the bytes of a `.keras` file. */
export const modelFromKeras = /* @__PURE__ */ reading(
  saving.modelFromKeras as (bytes: Uint8Array, options?: LoadModelOptions) => Promise<Model>,
);
/** Makes again what `serializeKerasObject` wrote. */
export const deserializeKerasObject = /* @__PURE__ */ reading(saving.deserializeKerasObject);
