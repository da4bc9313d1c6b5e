import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { numberingCalls } from '../../base/numbered-calls.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { part } from '../../base/part.ts';
import { checkConfig } from '../../base/registry/check-config.ts';
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
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { atPath } from '../../tensor/index.ts';
import { pythonJson } from '../python-json.ts';
import { assetsOf } from './assets.ts';
import { weightsToH5 } from './weights.ts';

/** The version of Keras whose file format this is. */
export const kerasVersion = '3.15.1';

/** What files need to know of a model. */
export interface SavedModel extends AnyLayer {
  /** Undefined for objects that are never compiled. */
  getCompileConfig(): Config | null | undefined;
  /** Compiles the model as `getCompileConfig` said. */
  compileFromConfig(config: Config): void;
}

/** A model's serialized config, including how it was built and compiled. */
export const modelToConfig = exact(
  'saving.modelToConfig',
  1,
  (model: SavedModel): Config => markingShared(() => describeModel(model)) as Config,
);

function describeModel(model: SavedModel): Config {
  const build = model.getBuildConfig();
  // Only models have compile settings.
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
  async (model: SavedModel, now = new Date()): Promise<Uint8Array> => {
    const files = await filesOfKeras(model, now);
    return (await part('zip', () => import('../../formats/zip.ts'))).writeZip(files);
  },
);

/** The files in a `.keras` archive, or in a folder of the same layout. */
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

/** Options of `loadModel`. */
export interface LoadModelOptions {
  /** Users' classes and functions, by their names in the file. */
  readonly customObjects?: CustomObjects;
  /** Whether to compile the model with the settings in the file. */
  readonly compile?: boolean;
}
export const loadModelOptions: OptionNames<LoadModelOptions> = { customObjects: true, compile: true };

/** Creates the model described by a config. */
export const modelFromConfig = exact(
  'saving.modelFromConfig',
  2,
  function modelFromConfig(config: Config, options: LoadModelOptions = {}): SavedModel {
    const { customObjects = {}, compile = true } = optionsOf('modelFromConfig', loadModelOptions, options);
    checkConfig(config, 'modelFromConfig');
    return atPath([], () =>
      customObjectScope(customObjects, () =>
        sharingObjects(() => {
          const model = deserializeObject(config, customObjects) as SavedModel;
          if (typeof model?.compileFromConfig !== 'function')
            fail(
              'modelFromConfig',
              `the config describes a ${config['class_name']}, no model`,
              'use deserializeKerasObject',
            );
          const compileConfig = config['compile_config'] as Config | undefined;
          if (compile && compileConfig && Object.keys(compileConfig).length > 0) compileModel(model, compileConfig);
          return model;
        }),
      ),
    );
  },
);
/** Compiles a model with the settings in its file and creates the optimizer's variables. */
export function compileModel(model: SavedModel, config: Config): void {
  model.compileFromConfig(config);
  const { optimizer } = model as { optimizer?: { build(variables: unknown): void } };
  if (model.built) optimizer?.build(model.trainableVariables);
}

/** The bytes of weights that a config may ask for, given the size of its file, which may lack the optimizer's slots. */
export const roomFor = (fileBytes: number): number => 2 ** 26 + 16 * fileBytes;
