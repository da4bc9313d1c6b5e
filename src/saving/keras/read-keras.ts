import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { JsonPlace } from '../../base/json-place.ts';
import { checkConfig } from '../../base/registry/check-config.ts';
import { customObjectScope, loadNamed } from '../../base/registry/serialize.ts';
import { type Place, readFolder } from '../../formats/file.ts';
import { type H5Group, readHdf5 } from '../../formats/hdf5.ts';
import { openZip, type ZipArchive } from '../../formats/zip.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { withinRoom } from '../../tensor/index.ts';
import { isOldVersion } from '../legacy/described.ts';
import { upgradeModel } from '../legacy/upgrade.ts';
import { parsePythonJson } from '../python-json.ts';
import { readAssets } from './assets.ts';
import { type LoadModelOptions, modelFromConfig, roomFor, type SavedModel } from './keras-file.ts';
import { weightsFromH5 } from './read-weights.ts';
import { placeSaveables } from './saveables.ts';

const weightsFile = 'model.weights.h5';
/** Weights in NumPy's format are a pickle of Keras's own objects: Keras 3.15.1 does not read them either. */
const pickled = 'model.weights.npz';
const absent = (who: string, name: string, { names }: Pick<ZipArchive, 'names'> = { names: [] }): never => {
  if (names.includes(pickled))
    fail(
      who,
      `the archive keeps its weights in ${pickled}, a pickle of objects of Python, which may run programs`,
      'save the model again in the Python that wrote it, with model.save("x.keras") or model.save_weights("x.weights.h5")',
    );
  return fail(who, `the archive holds no ${name}`, 'load a file that Keras 3 or Hornbeam wrote with save()');
};

/** The model in the bytes of a `.keras` file, or in a folder of the same files. */
export const modelFromKeras = async (bytes: Uint8Array, options: LoadModelOptions): Promise<SavedModel> =>
  modelFromArchive(openZip(bytes), bytes.length, options);
export const modelFromFolder = async (place: Place, options: LoadModelOptions): Promise<SavedModel> =>
  modelFromArchive(await folderArchive(place), Number.POSITIVE_INFINITY, options);

/** The weights in such a file, or in such a folder, for this model. */
export const weightsFromKeras = async (bytes: Uint8Array, model: AnyLayer): Promise<H5Group> =>
  weightsFromArchive(openZip(bytes), model);
export const weightsFromFolder = async (place: Place, model: AnyLayer): Promise<H5Group> =>
  weightsFromArchive(await folderArchive(place), model);

/** The files of a folder as those of an archive. */
async function folderArchive(place: Place): Promise<ZipArchive> {
  const files = new Map(Object.entries(await readFolder(place)));
  return {
    names: [...files.keys()],
    sizeOf: (name) => files.get(name)?.length,
    read: async (name) => files.get(name),
  };
}

async function modelFromArchive(zip: ZipArchive, fileBytes: number, options: LoadModelOptions): Promise<SavedModel> {
  const readText = async (name: string): Promise<string | undefined> => {
    const text = await zip.read(name, roomFor(fileBytes));
    return text && new TextDecoder().decode(text);
  };
  const config = parsePythonJson((await readText('config.json')) ?? absent('loadModel', 'config.json'));
  checkConfig(config, 'config.json', { isRaw: true });
  await loadNamed(config);
  const metadata = new JsonPlace('metadata.json', parsePythonJson((await readText('metadata.json')) ?? '{}'));
  const version = metadata.member('keras_version');
  const isOld = version.isPresent && isOldVersion(version.text('write the version of Keras, e.g. "3.15.1"'));
  const room = roomFor(zip.sizeOf(weightsFile) ?? absent('loadModel', weightsFile, zip));
  const model = withinRoom('the file', room, () =>
    customObjectScope(options.customObjects ?? {}, () => modelFromConfig(upgradeModel(config, { isOld }), options)),
  );
  weightsFromH5(model, await weightsFromArchive(zip, model));
  await readAssets(model, zip);
  return model;
}

/** The weights file of an archive, limited to what the model can use. */
async function weightsFromArchive(zip: ZipArchive, model: AnyLayer): Promise<H5Group> {
  const needed = placeSaveables(model)
    .flatMap(({ variables }) => variables)
    .reduce((sum, { shape, dtype }) => sum + shape.reduce((size, n) => size * n, dtypeInfo[dtype].bytes), 0);
  return readHdf5((await zip.read(weightsFile, roomFor(needed))) ?? absent('loadWeights', weightsFile));
}
