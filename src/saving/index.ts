import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { part } from '../base/part.ts';
import { type CustomObjects, deserializeObject, serializeObject } from '../base/registry/serialize.ts';
import {
  bytesOf,
  type FileSource,
  fileExists,
  isFolder,
  type Place,
  writeFileAtomic,
  writeFolder,
} from '../formats/file.ts';
import { type H5Group, readHdf5, writeHdf5 } from '../formats/hdf5.ts';
import { openZip } from '../formats/zip.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { folderArchive } from './folder.ts';
import { refuseForeign } from './foreign-files.ts';
import {
  filesOfKeras,
  type LoadModelOptions,
  loadModelOptions,
  modelFromArchive,
  modelFromKeras,
  modelToKeras,
  type SavedModel,
  weightsIn,
} from './keras/keras-file.ts';
import { type LoadWeightsOptions, loadWeightsOptions, weightsFromH5, weightsToH5 } from './keras/weights.ts';

export {
  type Config,
  type CustomObjects,
  customObjectScope,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from '../base/registry/serialize.ts';
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
} from './keras/keras-file.ts';
export { type LoadWeightsOptions, weightsFromH5, weightsToH5 } from './keras/weights.ts';

/** An object, or a nest of values and objects, as configs hold it. */
export const serializeKerasObject = exact('saving.serializeKerasObject', 1, (x: unknown): unknown =>
  serializeObject(x),
);
/** Makes again what `serializeKerasObject` wrote. */
export const deserializeKerasObject = exact(
  'saving.deserializeKerasObject',
  2,
  (config: unknown, customObjects?: CustomObjects): unknown => deserializeObject(config, customObjects),
);

export interface SaveOptions {
  /** Whether a file of that name may be replaced. */
  readonly overwrite?: boolean | undefined;
  /** False writes a folder instead of an archive (`.keras`, and in Node). */
  readonly zipped?: boolean | undefined;
}
const saveOptions: OptionNames<SaveOptions> = { overwrite: true, zipped: true };
export interface SaveWeightsOptions {
  /** Whether a file of that name may be replaced. */
  readonly overwrite?: boolean | undefined;
  /** Gigabytes that a file may take: the weights are then written in several, listed in a `.weights.json`. */
  readonly maxShardSize?: number | undefined;
}
const saveWeightsOptions: OptionNames<SaveWeightsOptions> = { overwrite: true, maxShardSize: true };
const ending = (place: unknown): string =>
  /(\.weights\.h5|\.weights\.json|\.keras|\.h5)$/.exec(String(place))?.[1] ?? '';

const isHdf5 = (bytes: Uint8Array): boolean => bytes[0] === 0x89 && bytes[1] === 0x48 && bytes[2] === 0x44;

/** Writes the whole model, whole or not at all: `model.keras`. */
export const saveModel = exact(
  'models.saveModel',
  3,
  async function saveModel(model: SavedModel, filepath: Place, options: SaveOptions = {}): Promise<void> {
    const { overwrite = true, zipped = true } = optionsOf(model, saveOptions, options);
    const kind = ending(filepath);
    if (!zipped) {
      if (kind !== '' && kind !== '.keras')
        fail(model, `cannot save a folder "${String(filepath)}"`, 'give the folder a name without ending');
      await refuseExisting(model, filepath, overwrite);
      return writeFolder(filepath, await filesOfKeras(model));
    }
    if (kind !== '.keras' && kind !== '.h5')
      fail(
        model,
        `cannot save to "${String(filepath)}"`,
        'give the file the ending ".keras", or ".h5" for the older layout (or use saveWeights with ".weights.h5")',
      );
    await refuseExisting(model, filepath, overwrite);
    const bytes =
      kind === '.h5' ? await writeHdf5(await (await olderLayout()).modelToH5(model)) : await modelToKeras(model);
    await writeFileAtomic(filepath, bytes);
  },
);
/** The layout of whole models in one `.h5`, loaded with the first such file. */
const olderLayout = async () => ({
  ...(await part('saving', () => import('./legacy/h5-model.ts'))),
  ...(await part('saving', () => import('./legacy/h5-weights.ts'))),
});
const shards = () => part('saving', () => import('./keras/shards.ts'));
/** Reads a model that `save` (ours or Keras's) wrote: from a path, a URL, or the bytes themselves (`Uint8Array`, `File`). */
export const loadModel = exact('models.loadModel', 2, async function loadModel<
  M = SavedModel,
>(filepath: FileSource, options: LoadModelOptions = {}): Promise<M> {
  optionsOf('loadModel', loadModelOptions, options);
  if (isPlace(filepath) && (await isFolder(filepath)))
    return (await modelFromArchive(await folderArchive(filepath), Number.POSITIVE_INFINITY, options)) as M;
  const bytes = await bytesOf(filepath);
  if (isHdf5(bytes)) return (await olderLayout()).modelFromH5(await readHdf5(bytes), options, bytes.length) as M;
  refuseForeign('loadModel', bytes);
  return (await modelFromKeras(bytes, options)) as M;
});
/** Writes the weights alone: `model.weights.h5`, or with `maxShardSize` a `model.weights.json` and the files that it lists. */
export const saveWeights = exact(
  'saving.saveWeights',
  3,
  async function saveWeights(model: AnyLayer, filepath: Place, options: SaveWeightsOptions = {}): Promise<void> {
    const { overwrite = true, maxShardSize } = optionsOf(model, saveWeightsOptions, options);
    const wanted = maxShardSize === undefined ? '.weights.h5' : '.weights.json';
    if (ending(filepath) !== wanted)
      fail(
        model,
        `cannot save weights to "${String(filepath)}"`,
        `give the file the ending "${wanted}"${wanted === '.weights.h5' ? ' (or ".weights.json" and maxShardSize, for several files)' : ''}`,
      );
    if (maxShardSize !== undefined && !(maxShardSize > 0))
      fail(model, `maxShardSize is ${maxShardSize}`, 'give the gigabytes that a file may take, e.g. 2');
    await refuseExisting(model, filepath, overwrite);
    const weights = await weightsToH5(model);
    if (maxShardSize !== undefined) await (await shards()).writeShards(model, filepath, weights, maxShardSize);
    else await writeFileAtomic(filepath, await writeHdf5(weights));
  },
);
/** Gives the model the weights of a `.weights.h5`, `.weights.json` (with its shards), `.keras` or older `.h5` file. */
export const loadWeights = exact(
  'saving.loadWeights',
  3,
  async function loadWeights(model: AnyLayer, filepath: FileSource, options: LoadWeightsOptions = {}): Promise<void> {
    optionsOf(model, loadWeightsOptions, options);
    const file = await weightsFileAt(model, filepath);
    const { isLegacy, weightsFromLegacy } = await olderLayout();
    if (isLegacy(file)) weightsFromLegacy(model, file, options);
    else weightsFromH5(model, file, options);
  },
);
async function weightsFileAt(model: AnyLayer, filepath: FileSource): Promise<H5Group> {
  if (isPlace(filepath) && ending(filepath) === '.weights.json') return (await shards()).readShards(filepath);
  if (isPlace(filepath) && (await isFolder(filepath)))
    return readHdf5(await weightsIn(await folderArchive(filepath), model));
  const bytes = await bytesOf(filepath);
  if (isHdf5(bytes)) return readHdf5(bytes);
  refuseForeign('loadWeights', bytes);
  return readHdf5(await weightsIn(openZip(bytes), model));
}
const isPlace = (source: FileSource): source is Place => typeof source === 'string' || source instanceof URL;

async function refuseExisting(model: AnyLayer, filepath: Place, overwrite: boolean): Promise<void> {
  if (!overwrite && (await fileExists(filepath)))
    fail(model, `the file "${String(filepath)}" exists`, 'choose another name, or pass { overwrite: true }');
}
