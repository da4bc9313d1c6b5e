import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { part } from '../base/part.ts';
import { checkDescribed } from '../base/registry/check-config.ts';
import { type CustomObjects, deserializeObject, serializeObject } from '../base/registry/serialize.ts';
import { fileExists, type Place } from '../formats/file.ts';
import type { H5Group } from '../formats/hdf5.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { type LoadModelOptions, loadModelOptions, type SavedModel } from './keras/keras-file.ts';
import { type LoadWeightsOptions, loadWeightsOptions } from './keras/weights.ts';
import { isLegacy } from './legacy/h5-format.ts';
import {
  able,
  endingOf,
  type ModelSource,
  recognise,
  type SaveOptions,
  type SaveWeightsOptions,
  type Writer,
} from './model-format.ts';
import { modelFormats } from './model-formats.ts';

export {
  type Config,
  type CustomObjects,
  customObjectScope,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from '../base/registry/serialize.ts';
export { type FileSource, type Place, removeFile, storedFiles } from '../formats/file.ts';
export { type ExportedModel, exportModel } from './export.ts';
export {
  type LoadModelOptions,
  modelFromConfig,
  modelToConfig,
  modelToJson,
  modelToKeras,
  type SavedModel,
} from './keras/keras-file.ts';
export { modelFromJson } from './keras/model-from-json.ts';
export { type LoadWeightsOptions, weightsToH5 } from './keras/weights.ts';
export type { ModelSource, SaveOptions, SaveWeightsOptions } from './model-format.ts';
export type { ExportOptions, OnnxModel } from './onnx/export-options.ts';

/** Serializes an object, or a nest of values and objects, to the form used in configs. */
export const serializeKerasObject = exact('saving.serializeKerasObject', 1, (x: unknown): unknown =>
  serializeObject(x),
);
/** Recreates what `serializeKerasObject` wrote. */
export const deserializeKerasObject = exact(
  'saving.deserializeKerasObject',
  2,
  (config: unknown, customObjects?: CustomObjects): unknown => {
    checkDescribed(config, 'saving.deserializeKerasObject');
    return deserializeObject(config, customObjects);
  },
);

const saveOptions: OptionNames<SaveOptions> = { overwrite: true, zipped: true };
const saveWeightsOptions: OptionNames<SaveWeightsOptions> = { overwrite: true, maxShardSize: true, rename: true };

/** Writes with the first format that the options ask for and whose ending matches the name. */
async function write<T extends AnyLayer, O extends { readonly overwrite?: boolean | undefined }>(
  what: T,
  place: Place,
  options: O,
  writers: readonly Writer<T, O>[],
  refused: string,
): Promise<void> {
  const asked = writers.filter((writer) => writer.isAsked(options));
  const ending = endingOf(place, modelFormats);
  const writer = asked.find(({ endings }) => endings.includes(ending));
  if (!writer) {
    const others = writers.filter((each) => !asked.includes(each));
    const advice = (some: readonly Writer<T, O>[]): string => some.map((each) => each.advice).join(', or ');
    return fail(
      what,
      `cannot save ${refused} "${String(place)}"`,
      `end the name with ${advice(asked)} (or with ${advice(others)})`,
    );
  }
  if (options.overwrite === false && (await fileExists(place)))
    fail(what, `the file "${String(place)}" exists`, 'choose another name, or pass { overwrite: true }');
  await writer.write(what, place, options);
}

/** Writes the whole model, atomically: `model.keras`. */
export const saveModel = exact(
  'models.saveModel',
  3,
  async function saveModel(model: SavedModel, filepath: Place, options: SaveOptions = {}): Promise<void> {
    optionsOf(model, saveOptions, options);
    const writers = able(modelFormats, 'writesModel').map(({ writesModel }) => writesModel);
    const [weights] = able(modelFormats, 'writesWeights').filter(({ writesWeights }) =>
      writesWeights.endings.includes(endingOf(filepath, modelFormats)),
    );
    if (weights)
      fail(
        model,
        `cannot save the whole model to "${String(filepath)}", whose name says that it holds weights alone`,
        'use saveWeights, or end the name with ".keras"',
      );
    await write(model, filepath, options, writers, options.zipped === false ? 'a folder' : 'to');
  },
);
/**
 * Reads a model written by `save` (ours or Keras's), or a layers model of TensorFlow.js (`model.json`), from a path, a URL, or the
 * bytes themselves (`Uint8Array`, `File`); what is in several files as a list of them (`[...input.files]`).
 */
export const loadModel = exact('models.loadModel', 2, async function loadModel<
  M = SavedModel,
>(filepath: ModelSource, options: LoadModelOptions = {}): Promise<M> {
  optionsOf('loadModel', loadModelOptions, options);
  const { file, format } = await recognise('loadModel', modelFormats, 'readModel', filepath);
  return (await format.readModel(file, options)) as M;
});
/** The model in the bytes of a `.keras` file. */
export const modelFromKeras = exact(
  'saving.modelFromKeras',
  2,
  async function modelFromKeras(bytes: Uint8Array, options: LoadModelOptions = {}): Promise<SavedModel> {
    optionsOf('modelFromKeras', loadModelOptions, options);
    return (await part('saving', () => import('./keras/read-keras.ts'))).modelFromKeras(bytes, options);
  },
);
/** Writes only the weights: `model.weights.h5`, or with `maxShardSize` a `model.weights.json` and the files it lists. */
export const saveWeights = exact(
  'saving.saveWeights',
  3,
  async function saveWeights(model: AnyLayer, filepath: Place, options: SaveWeightsOptions = {}): Promise<void> {
    const { maxShardSize } = optionsOf(model, saveWeightsOptions, options);
    if (maxShardSize !== undefined && !(maxShardSize > 0))
      fail(model, `maxShardSize is ${maxShardSize}`, 'give the gigabytes that a file may take, e.g. 2');
    const writers = able(modelFormats, 'writesWeights').map(({ writesWeights }) => writesWeights);
    await write(model, filepath, options, writers, 'weights to');
  },
);
/**
 * Loads weights into the model from a `.weights.h5`, `.weights.json` (with its shards), `.safetensors`, `.keras` or older
 * `.h5` file, or a `model.json` of TensorFlow.js.
 */
export const loadWeights = exact(
  'saving.loadWeights',
  3,
  async function loadWeights(model: AnyLayer, filepath: ModelSource, options: LoadWeightsOptions = {}): Promise<void> {
    optionsOf(model, loadWeightsOptions, options);
    const { file, format } = await recognise('loadWeights', modelFormats, 'readWeights', filepath);
    const weights = await format.readWeights(file, model, options);
    if (!weights) return;
    if (isLegacy(weights)) (await legacyWeights()).weightsFromLegacy(model, weights, options);
    else await readWeights(model, weights, options);
  },
);
/** Gives a model the weights of a Keras 3 file. Nothing changes unless everything fits. */
export const readWeights = async (model: AnyLayer, file: H5Group, options?: LoadWeightsOptions): Promise<void> =>
  (await part('saving', () => import('./keras/read-weights.ts'))).weightsFromH5(model, file, options);
const legacyWeights = () => part('saving', () => import('./legacy/h5-weights.ts'));
