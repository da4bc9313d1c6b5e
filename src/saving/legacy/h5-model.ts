import { fail, HornbeamError } from '../../base/errors.ts';
import { checkConfig, checkTrainingConfig } from '../../base/registry/check-config.ts';
import {
  type Config,
  customObjectScope,
  loadNamed,
  lookUpClass,
  markingShared,
  type SerializedObject,
  serializeObject,
  sourceNameOf,
} from '../../base/registry/serialize.ts';
import { table } from '../../base/table.ts';
import { getH5, getH5Text, type H5Group, h5Group, h5Text, isH5Dataset, makeH5Group } from '../../formats/hdf5.ts';
import { inner } from '../../layers/layer/inner.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { type Variable, withinRoom } from '../../tensor/index.ts';
import {
  compileModel,
  kerasVersion,
  type LoadModelOptions,
  modelFromConfig,
  roomFor,
  type SavedModel,
} from '../keras/keras-file.ts';
import { valuesNow } from '../keras/values-now.ts';
import { parsePythonJson, pythonJson } from '../python-json.ts';
import { isOldVersion } from './described.ts';
import {
  assignStored,
  mismatch,
  putWeights,
  storedIn,
  variablesInLegacy,
  weightsFromLegacy,
  weightsToLegacy,
} from './h5-weights.ts';
import { stateOfKeras2 } from './optimizer-state.ts';
import { upgradeModel, upgradeTrainingConfig } from './upgrade.ts';

interface Modelish {
  readonly layers: readonly AnyLayer[];
  readonly optimizer?:
    | { readonly className: string; readonly variables: readonly Variable[]; getConfig(): Config }
    | undefined;
}

// In a layer without a module, Keras reads an option with such a value as the function of that name.
const functionNames = ['add', 'average', 'concatenate', 'dot', 'maximum', 'minimum', 'multiply', 'subtract'];
/** Whether Keras finds the described class only by its module: ops, and classes that are not public layers. */
const needsModule = ({ module, config }: Config): boolean =>
  (typeof module === 'string' &&
    !['keras', 'keras.layers', 'keras.models', 'keras.src.models.functional'].includes(module)) ||
  Object.values((config ?? {}) as Config).some((value) => functionNames.includes(value as string));

/** Layers without module names, as in legacy files, except those that Keras would not find that way. */
function legacyConfig(config: Config): Config {
  const { layers, ...rest } = config as { layers?: Config[] };
  if (!Array.isArray(layers)) return config;
  return {
    ...rest,
    layers: layers.map((layer) => {
      const { module, class_name, config: own, registered_name, shared_object_id, name, inbound_nodes } = layer;
      const isNamed = needsModule(layer);
      return {
        ...(isNamed && { module }),
        class_name: isNamed ? class_name : classNameOf(layer),
        config: isNamed ? own : legacyConfig(own as Config),
        ...(isNamed && { registered_name }),
        ...(shared_object_id !== undefined && { shared_object_id }),
        ...(name !== undefined && { name, inbound_nodes: withoutEllipsis(inbound_nodes) }),
      };
    }),
  };
}
/** Calls with the `...` of `x[..., 1]` written out: Keras reads `...` in JSON, but not in an `.h5` file. */
function withoutEllipsis(calls: unknown): unknown {
  if (!Array.isArray(calls)) return calls;
  return calls.map((call: { args: unknown[] }) => {
    const [x, key] = call.args as [Config | undefined, unknown];
    const at = Array.isArray(key)
      ? key.findIndex((entry) => (entry as Config | null)?.['class_name'] === '__ellipsis__')
      : -1;
    if (!Array.isArray(key) || at < 0) return call;
    const { shape } = x!['config'] as { shape: unknown[] };
    const used = key.filter((entry, k) => k !== at && entry !== null).length;
    const every = { class_name: '__slice__', config: { start: null, stop: null, step: null } };
    return { ...call, args: [x, key.toSpliced(at, 1, ...new Array<Config>(shape.length - used).fill(every))] };
  });
}
/** The class's own name; registered ones are written with their package. */
function classNameOf(layer: Config): unknown {
  const found = lookUpClass(layer as unknown as SerializedObject) as { sourceName?: string } | undefined;
  return found?.sourceName ?? layer['registered_name'] ?? layer['class_name'];
}

/** Writes a whole model in the layout of `.h5` files. */
export async function modelToH5(model: SavedModel): Promise<H5Group> {
  const file = h5Group();
  const { layers, optimizer } = model as SavedModel & Modelish;
  const config = { class_name: sourceNameOf(model), config: markingShared(() => legacyConfig(model.getConfig())) };
  file.attributes['keras_version'] = h5Text(kerasVersion);
  file.attributes['backend'] = h5Text('jax');
  file.attributes['model_config'] = h5Text(pythonJson(config), 'ascii');
  const compiled = model.getCompileConfig();
  if (compiled && optimizer) {
    const { optimizer: described, ...rest } = compiled;
    const { class_name, config: own } = (described ?? serializeObject(optimizer)) as Config;
    const named = Object.entries(rest).map(([k, v]) => [k, withFullNames(v, /metrics$/.test(k))]);
    const training = { ...Object.fromEntries(named), optimizer_config: { class_name, config: own } };
    file.attributes['training_config'] = h5Text(pythonJson(training), 'ascii');
  }
  const all = (model.className === 'Functional' && model[inner].held) || layers;
  const states = compiled && optimizer ? optimizer.variables : [];
  const values = await valuesNow([...variablesInLegacy(model, all), ...states]);
  weightsToLegacy(model, all, makeH5Group(file, 'model_weights'), values);
  if (states.length > 0) putWeights(makeH5Group(file, 'optimizer_weights'), states, values);
  return file;
}

/** Short names of losses and metrics that Keras cannot resolve when reading `training_config`. */
const fullNames: Readonly<Record<string, string>> = table({
  bce: 'binary_crossentropy',
  kld: 'kl_divergence',
  mae: 'mean_absolute_error',
  mape: 'mean_absolute_percentage_error',
  mse: 'mean_squared_error',
  msle: 'mean_squared_logarithmic_error',
});
/** The metric classes for such names. As objects they keep the short name, which is shown in logs. */
const metricClasses: Readonly<Record<string, string>> = table({
  bce: 'BinaryCrossentropy',
  mae: 'MeanAbsoluteError',
  mape: 'MeanAbsolutePercentageError',
  mse: 'MeanSquaredError',
  msle: 'MeanSquaredLogarithmicError',
});
/** Objects in `training_config` have no module; functions are written as their names. */
function withFullNames(x: unknown, areMetrics: boolean): unknown {
  if (Array.isArray(x)) return x.map((y) => withFullNames(y, areMetrics));
  if (typeof x === 'string') {
    const metric = areMetrics ? metricClasses[x.toLowerCase()] : undefined;
    return metric ? { class_name: metric, config: { name: x } } : (fullNames[x.toLowerCase()] ?? x);
  }
  if (typeof x !== 'object' || x === null) return x;
  const { module: _, registered_name, shared_object_id: __, ...rest } = x as Config;
  if (rest['class_name'] === 'function') return registered_name ?? rest['config'];
  if (!('class_name' in rest))
    return Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, withFullNames(v, areMetrics)]));
  // A user's class is found by its full name.
  return registered_name ? { ...rest, class_name: registered_name } : rest;
}

/** Reads the model in a legacy `.h5` file of any Keras version. */
export async function modelFromH5(
  file: H5Group,
  options: LoadModelOptions = {},
  fileBytes = Number.POSITIVE_INFINITY,
): Promise<SavedModel> {
  const described = getH5Text(file, 'model_config');
  if (described === undefined)
    return fail(
      'loadModel',
      'the HDF5 file holds weights, but no model',
      'make the model in code, or from its JSON, and call model.loadWeights(file)',
    );
  const isOld = isOldVersion(getH5Text(file, 'keras_version') ?? '1.');
  const raw = parsePythonJson(described);
  checkConfig(raw, 'model_config', { isRaw: true });
  const { customObjects = {} } = options;
  const config = customObjectScope(customObjects, () => upgradeModel(raw, { isOld }));
  await loadNamed(config);
  return customObjectScope(customObjects, () => {
    const model = withinRoom('the file', roomFor(fileBytes), () =>
      modelFromConfig(config, { ...options, compile: false }),
    );
    const group = getH5(file, 'model_weights');
    if (!group || isH5Dataset(group))
      return fail('loadModel', 'the HDF5 file holds no group "model_weights"', 'check that the file is whole');
    weightsFromLegacy(model, group);
    const training = getH5Text(file, 'training_config');
    if (options.compile !== false && training !== undefined) compileAsSaved(model, file, training, isOld);
    return model;
  });
}

/**
 * Compiles with the settings in the file; settings that cannot be converted cause a warning, since the model itself is
 * intact.
 */
function compileAsSaved(model: SavedModel, file: H5Group, training: string, isOld: boolean): void {
  try {
    const raw = parsePythonJson(training);
    checkTrainingConfig(raw, 'training_config');
    compileModel(model, upgradeTrainingConfig(raw, { isOld }));
  } catch (error) {
    if (!isOld || !(error instanceof HornbeamError)) throw error;
    console.warn(`loadModel: the model is not compiled: ${error.message.split('\n')[0]}`);
    return;
  }
  const { optimizer } = model as SavedModel & Modelish;
  const stored = storedIn(file, 'optimizer_weights');
  if (!optimizer || stored.length === 0) return;
  const { className } = optimizer;
  const rate = {
    path: '',
    shape: [],
    dtype: 'float32',
    data: Float32Array.of(Number(optimizer.getConfig()['learning_rate'])),
  };
  const state = (isOld && stateOfKeras2(className, optimizer.variables, stored, rate)) || stored;
  const problem = mismatch(optimizer.variables, state);
  if (problem) console.warn(`loadModel: the optimizer begins afresh: ${problem}.`);
  else assignStored(optimizer.variables, state);
}
