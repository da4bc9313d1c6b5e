import { dtypeInfo } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { numberingCalls } from '../../base/numbered-calls.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import {
  type Config,
  type CustomObjects,
  customObjectScope,
  deserializeObject,
  markingShared,
  serializeObject,
  sharingObjects,
} from '../../base/registry/serialize.ts';
import { writeHdf5 } from '../../formats/hdf5.ts';
import { writeZip, type ZipArchive } from '../../formats/zip.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { atPath } from '../../tensor/index.ts';
import { checkConfig } from '../config/check-config.ts';
import { pythonJson } from '../python-json.ts';
import { assetsOf } from './assets.ts';
import { placeSaveables } from './saveables.ts';
import { weightsToH5 } from './weights.ts';

/** The version of Keras whose files these are. */
export const kerasVersion = '3.15.1';

/** A model as far as files are concerned. */
export interface SavedModel extends AnyLayer {
  /** Undefined for what is never compiled. */
  getCompileConfig(): Config | null | undefined;
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
  const compile = model.getCompileConfig();
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
/** Compiles a model as its file says, and makes the optimizer's variables. */
export function compileModel(model: SavedModel, config: Config): void {
  model.compileFromConfig(config);
  const { optimizer } = model as { optimizer?: { build(variables: unknown): void } };
  if (model.built) optimizer?.build(model.trainableVariables);
}

/** Weights that a config may ask for, if they are to come from a file of so many bytes: slots of an optimizer may be missing there. */
export const roomFor = (fileBytes: number): number => 2 ** 26 + 16 * fileBytes;

export const weightsFile = 'model.weights.h5';
export const absent = (who: string, name: string): never =>
  fail(who, `the archive holds no ${name}`, 'load a file that Keras 3 or Hornbeam wrote with save()');

/** The bytes of the weights file in those of a `.keras` file: no more than the model can have use for. */
export async function weightsIn(zip: ZipArchive, model: AnyLayer): Promise<Uint8Array> {
  const needed = placeSaveables(model)
    .flatMap(({ variables }) => variables)
    .reduce((sum, { shape, dtype }) => sum + shape.reduce((size, n) => size * n, dtypeInfo[dtype].bytes), 0);
  return (await zip.read(weightsFile, roomFor(needed))) ?? absent('loadWeights', weightsFile);
}
