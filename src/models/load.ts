import type { Config, LoadModelOptions, ModelSource } from '../saving/index.ts';
import * as saving from '../saving/index.ts';
import { Model } from './model.ts';
import { registerModels } from './register.ts';
import { Sequential } from './sequential.ts';

/** A file may contain a model of either class, so bundlers must keep both wherever one is read. */
function reading<F extends (...args: never[]) => unknown>(read: F): F {
  return ((...args: Parameters<F>) => {
    registerModels(Model, Sequential);
    return read(...args);
  }) as F;
}

/** Functions that read a model return a Model; callers may specify its class: `loadModel<Sequential>(…)`. */
type FromFile = <M = Model>(filepath: ModelSource, options?: LoadModelOptions) => Promise<M>;
type FromJson = <M = Model>(text: string, options?: LoadModelOptions) => M;

/**
 * Reads a model written by `save` (ours or Keras's), or a layers model of TensorFlow.js (`model.json`), or a model of ONNX, from a
 * path, a URL, or the bytes themselves (`Uint8Array`, `File`); what is in several files as a list of them (`[...input.files]`).
 */
export const loadModel = /* @__PURE__ */ reading<FromFile>(saving.loadModel);
/** Creates a model with fresh weights from the result of `toJson`. */
export const modelFromJson = /* @__PURE__ */ reading<FromJson>(saving.modelFromJson);
/** Creates the model described by a config. */
export const modelFromConfig = /* @__PURE__ */ reading(
  saving.modelFromConfig as (config: Config, options?: LoadModelOptions) => Model,
);
/** Reads the model in the bytes of a `.keras` file. */
export const modelFromKeras = /* @__PURE__ */ reading(
  saving.modelFromKeras as (bytes: Uint8Array, options?: LoadModelOptions) => Promise<Model>,
);
/** Recreates what `serializeKerasObject` wrote. */
export const deserializeKerasObject = /* @__PURE__ */ reading(saving.deserializeKerasObject);
