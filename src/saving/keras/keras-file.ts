import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { JsonPlace } from '../../base/json-place.ts';
import { numberingCalls } from '../../base/numbered-calls.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import {
  type Config,
  type CustomObjects,
  customObjectScope,
  deserializeObject,
  loadNamed,
  markingShared,
  serializeObject,
  sharingObjects,
} from '../../base/registry/serialize.ts';
import { readHdf5, writeHdf5 } from '../../formats/hdf5.ts';
import { openZip, writeZip, type ZipArchive } from '../../formats/zip.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { atPath, withinRoom } from '../../tensor/index.ts';
import { checkConfig } from '../config/check-config.ts';
import { refuseForeign } from '../foreign-files.ts';
import { isOldVersion, upgradeModel } from '../legacy/upgrade.ts';
import { parsePythonJson, pythonJson } from '../python-json.ts';
import { assetsOf, readAssets } from './assets.ts';
import { placeSaveables } from './saveables.ts';
import { weightsFromH5, weightsToH5 } from './weights.ts';

/** The version of Keras whose files these are. */
export const kerasVersion = '3.15.1';

/** A model as far as files are concerned. */
export interface SavedModel extends AnyLayer {
  getCompileConfig(): Config | null;
  compileFromConfig(config: Config): void;
}

/** A model as its config holds it, with how it was built and compiled. */
export const modelToConfig = exact(
  'saving.modelToConfig',
  1,
  (model: SavedModel): Config => markingShared(() => describeModel(model)) as Config,
);

function describeModel(model: SavedModel): Config {
  const build = model.getBuildConfig();
  // What is no model has nothing to compile.
  const compile = model.getCompileConfig() as Config | null | undefined;
  const isFunctional = model.className === 'Functional';
  return {
    ...(serializeObject(model) as Config),
    ...(isFunctional ? { build_config: { input_shape: null } } : build && { build_config: build }),
    ...(compile !== undefined && { compile_config: compile ?? {} }),
  };
}

/** The model's config as JSON text. */
export const modelToJson = exact('saving.modelToJson', 1, (model: SavedModel): string =>
  pythonJson(modelToConfig(model)),
);
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

/** The bytes of a `.keras` file: config, metadata, weights, and the optimizer's state. */
export const modelToKeras = exact(
  'saving.modelToKeras',
  2,
  async (model: SavedModel, now = new Date()): Promise<Uint8Array> => writeZip(await filesOfKeras(model, now)),
);

/** The files in a `.keras` file, or in a folder in its place. */
export async function filesOfKeras(model: SavedModel, now = new Date()): Promise<Record<string, Uint8Array>> {
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}@${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const text = new TextEncoder();
  return {
    'metadata.json': text.encode(pythonJson({ keras_version: kerasVersion, date_saved: date })),
    'config.json': text.encode(pythonJson(numberingCalls(() => modelToConfig(model)))),
    'model.weights.h5': await writeHdf5(await weightsToH5(model)),
    ...assetsOf(model),
  };
}

export interface LoadModelOptions {
  /** The user's classes and functions by the names under which the file mentions them. */
  readonly customObjects?: CustomObjects;
  /** Whether to compile as the file says. */
  readonly compile?: boolean;
}
export const loadModelOptions: OptionNames<LoadModelOptions> = { customObjects: true, compile: true };

/** Makes the model that a config describes. */
export const modelFromConfig = exact(
  'saving.modelFromConfig',
  2,
  function modelFromConfig(config: Config, options: LoadModelOptions = {}): SavedModel {
    const { customObjects = {}, compile = true } = optionsOf('modelFromConfig', loadModelOptions, options);
    checkConfig(config, "the model's config");
    return atPath([], () =>
      customObjectScope(customObjects, () =>
        sharingObjects(() => {
          const model = deserializeObject(config, customObjects) as SavedModel;
          if (typeof model?.compileFromConfig !== 'function')
            fail("the model's config", `describes a ${config['class_name']}, no model`, 'use deserializeKerasObject');
          const compileConfig = config['compile_config'] as Config | undefined;
          if (compile && compileConfig && Object.keys(compileConfig).length > 0) compileModel(model, compileConfig);
          return model;
        }),
      ),
    );
  },
);
/** Makes the model that a config of any version describes. */
export const upgradedModel = (config: unknown, isOld: boolean, options: LoadModelOptions): SavedModel =>
  customObjectScope(options.customObjects ?? {}, () => modelFromConfig(upgradeModel(config, { isOld }), options));
/** Compiles a model as its file says, and makes the optimizer's variables. */
export function compileModel(model: SavedModel, config: Config): void {
  model.compileFromConfig(config);
  const { optimizer } = model as { optimizer?: { build(variables: unknown): void } };
  if (model.built) optimizer?.build(model.trainableVariables);
}

/** Weights that a config may ask for, if they are to come from a file of so many bytes: slots of an optimizer may be missing there. */
export const roomFor = (fileBytes: number): number => 2 ** 26 + 16 * fileBytes;

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

const weightsFile = 'model.weights.h5';
const absent = (who: string, name: string): never =>
  fail(who, `the archive holds no ${name}`, 'load a file that Keras 3 or Hornbeam wrote with save()');

/** The bytes of the weights file in those of a `.keras` file: no more than the model can have use for. */
export async function weightsIn(zip: ZipArchive, model: AnyLayer): Promise<Uint8Array> {
  const needed = placeSaveables(model)
    .flatMap(({ variables }) => variables)
    .reduce((sum, { shape, dtype }) => sum + shape.reduce((size, n) => size * n, dtypeInfo[dtype].bytes), 0);
  return (await zip.read(weightsFile, roomFor(needed))) ?? absent('loadWeights', weightsFile);
}
