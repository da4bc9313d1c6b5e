import { exact } from '../../base/exact.ts';
import { JsonPlace } from '../../base/json-place.ts';
import { optionsOf } from '../../base/options.ts';
import { part } from '../../base/part.ts';
import { customObjectScope, loadNamed } from '../../base/registry/serialize.ts';
import { readHdf5 } from '../../formats/hdf5.ts';
import { openZip, type ZipArchive } from '../../formats/zip.ts';
import { withinRoom } from '../../tensor/index.ts';
import { checkConfig } from '../config/check-config.ts';
import { isOldVersion } from '../legacy/described.ts';
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
  const { upgradeModel } = await part('saving', () => import('../legacy/upgrade.ts'));
  const isOld = version.isPresent && isOldVersion(version.text('write the version of Keras, e.g. "3.15.1"'));
  const room = roomFor(zip.sizeOf(weightsFile) ?? absent('loadModel', weightsFile));
  const model = withinRoom('the file', room, () =>
    customObjectScope(options.customObjects ?? {}, () => modelFromConfig(upgradeModel(config, { isOld }), options)),
  );
  weightsFromH5(model, await readHdf5(await weightsIn(zip, model)));
  await readAssets(model, zip);
  return model;
}
