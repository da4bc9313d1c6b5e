import { exact } from '../../base/exact.ts';
import { JsonPlace } from '../../base/json-place.ts';
import { optionsOf } from '../../base/options.ts';
import { type Config, customObjectScope, loadNamed } from '../../base/registry/serialize.ts';
import { readHdf5 } from '../../formats/hdf5.ts';
import { openZip, type ZipArchive } from '../../formats/zip.ts';
import { withinRoom } from '../../tensor/index.ts';
import { checkConfig } from '../config/check-config.ts';
import { refuseForeign } from '../foreign-files.ts';
import { isOldVersion, upgradeModel } from '../legacy/upgrade.ts';
import { parsePythonJson } from '../python-json.ts';
import { readAssets } from './assets.ts';
import {
  absent,
  type LoadModelOptions,
  loadModelOptions,
  modelFromConfig,
  roomFor,
  type SavedModel,
  weightsFile,
  weightsIn,
} from './keras-file.ts';
import { weightsFromH5 } from './weights.ts';

/** Makes the model that a config of any version describes. */
export const upgradedModel = (config: unknown, isOld: boolean, options: LoadModelOptions): SavedModel =>
  customObjectScope(options.customObjects ?? {}, () => modelFromConfig(upgradeModel(config, { isOld }), options));
/** Makes a model, with fresh weights, from what `toJson` gave. */
export const modelFromJson = exact('models.modelFromJson', 2, function modelFromJson<
  M = SavedModel,
>(text: string, options: LoadModelOptions = {}): M {
  optionsOf('modelFromJson', loadModelOptions, options);
  if (!/^\s*[{[]/.test(text) || text.includes('"modelTopology"'))
    refuseForeign('modelFromJson', new TextEncoder().encode(text));
  const described = parsePythonJson(text, 'modelFromJson');
  checkConfig(described, 'modelFromJson', { isRaw: true });
  const { keras_version: version, ...config } = described as Config;
  // Keras 3 names modules and no version, older ones the other way round.
  const isOld = typeof version === 'string' ? isOldVersion(version) : !('module' in config);
  return upgradedModel(config, isOld, options) as M;
});

/** The model in the bytes of a `.keras` file. */
export const modelFromKeras = exact(
  'saving.modelFromKeras',
  2,
  async function modelFromKeras(bytes: Uint8Array, options: LoadModelOptions = {}): Promise<SavedModel> {
    optionsOf('modelFromKeras', loadModelOptions, options);
    return modelFromArchive(openZip(bytes), bytes.length, options);
  },
);
/** The model in the files of an archive or a folder. */
export async function modelFromArchive(
  zip: ZipArchive,
  fileBytes: number,
  options: LoadModelOptions,
): Promise<SavedModel> {
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
  const room = roomFor(zip.sizeOf(weightsFile) ?? absent('loadModel', weightsFile));
  const model = withinRoom('the file', room, () => upgradedModel(config, isOld, options));
  weightsFromH5(model, await readHdf5(await weightsIn(zip, model)));
  await readAssets(model, zip);
  return model;
}
