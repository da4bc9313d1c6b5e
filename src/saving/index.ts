import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { bytesOf, type FileSource, fileExists, type Place, writeFileAtomic } from '../formats/file.ts';
import { readHdf5, writeHdf5 } from '../formats/hdf5.ts';
import { openZip } from '../formats/zip.ts';
import type { AnyLayer } from '../layers/layer.ts';
import {
  type LoadModelOptions,
  loadModelOptions,
  modelFromKeras,
  modelToKeras,
  type SavedModel,
  weightsIn,
} from './keras-file.ts';
import { isLegacy, modelFromH5, modelToH5 } from './legacy/h5-model.ts';
import { weightsFromLegacy } from './legacy/h5-weights.ts';
import { type LoadWeightsOptions, loadWeightsOptions, weightsFromH5, weightsToH5 } from './weights.ts';

export {
  type Config,
  type CustomObjects,
  customObjectScope,
  deserializeObject as deserializeKerasObject,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
  serializeObject as serializeKerasObject,
} from '../base/serialize.ts';
export { storedFiles } from '../formats/browser-files.ts';
export { type FileSource, type Place, removeFile } from '../formats/file.ts';
export {
  type LoadModelOptions,
  modelFromConfig,
  modelFromJson,
  modelFromKeras,
  modelToConfig,
  modelToJson,
  modelToKeras,
  type SavedModel,
} from './keras-file.ts';
export { pythonJson } from './python-json.ts';
export { type LoadWeightsOptions, weightsFromH5, weightsToH5 } from './weights.ts';

export interface SaveOptions {
  /** Whether a file of that name may be replaced. */
  readonly overwrite?: boolean | undefined;
}
const saveOptions: OptionNames<SaveOptions> = { overwrite: true };
const ending = (place: Place): string => /(\.weights\.h5|\.keras|\.h5)$/.exec(String(place))?.[1] ?? '';

const isHdf5 = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x48 && bytes[2] === 0x44;

/** Writes the whole model, whole or not at all: `model.keras`. */
export async function saveModel(model: SavedModel, filepath: Place, options: SaveOptions = {}): Promise<void> {
  const { overwrite = true } = optionsOf(model, saveOptions, options);
  const kind = ending(filepath);
  if (kind !== '.keras' && kind !== '.h5')
    fail(
      model,
      `cannot save to "${String(filepath)}"`,
      'give the file the ending ".keras", or ".h5" for the older layout (or use saveWeights with ".weights.h5")',
    );
  await refuseExisting(model, filepath, overwrite);
  await writeFileAtomic(filepath, kind === '.h5' ? writeHdf5(await modelToH5(model)) : await modelToKeras(model));
}
/** Reads a model that `save` (ours or Keras's) wrote: from a path, a URL, or the bytes themselves (`Uint8Array`, `File`). */
export async function loadModel<M = SavedModel>(filepath: FileSource, options: LoadModelOptions = {}): Promise<M> {
  optionsOf('loadModel', loadModelOptions, options);
  const bytes = await bytesOf(filepath);
  if (isHdf5(bytes)) return modelFromH5(await readHdf5(bytes), options, bytes.length) as M;
  return (await modelFromKeras(bytes, options)) as M;
}
/** Writes the weights alone: `model.weights.h5`. */
export async function saveWeights(model: AnyLayer, filepath: Place, options: SaveOptions = {}): Promise<void> {
  const { overwrite = true } = optionsOf(model, saveOptions, options);
  if (ending(filepath) !== '.weights.h5')
    fail(model, `cannot save weights to "${String(filepath)}"`, 'give the file the ending ".weights.h5"');
  await refuseExisting(model, filepath, overwrite);
  await writeFileAtomic(filepath, writeHdf5(await weightsToH5(model)));
}
/** Gives the model the weights of a `.weights.h5`, `.keras` or older `.h5` file. */
export async function loadWeights(
  model: AnyLayer,
  filepath: FileSource,
  options: LoadWeightsOptions = {},
): Promise<void> {
  optionsOf(model, loadWeightsOptions, options);
  const bytes = await bytesOf(filepath);
  const file = await readHdf5(isHdf5(bytes) ? bytes : await weightsIn(openZip(bytes), model));
  if (isLegacy(file)) weightsFromLegacy(model, file, options);
  else weightsFromH5(model, file, options);
}

async function refuseExisting(model: AnyLayer, filepath: Place, overwrite: boolean): Promise<void> {
  if (!overwrite && (await fileExists(filepath)))
    fail(model, `the file "${String(filepath)}" exists`, 'choose another name, or pass { overwrite: true }');
}
