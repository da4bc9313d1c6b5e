import { fail } from '../base/errors.ts';
import { type Config, serializeObject } from '../base/serialize.ts';
import { sameShape, showShape } from '../base/shape.ts';
import {
  getH5,
  getH5Names,
  getH5Text,
  type H5Group,
  h5Dataset,
  h5Group,
  h5Text,
  isH5Dataset,
  makeH5Group,
  setH5,
  setH5Names,
} from '../formats/hdf5.ts';
import { inner } from '../layers/inner.ts';
import type { AnyLayer } from '../layers/layer.ts';
import { ownVariablesOf } from '../layers/tracking.ts';
import { download, upload } from '../runtime/storage.ts';
import { type Variable, withinRoom } from '../tensor/index.ts';
import { kerasVersion, type LoadModelOptions, modelFromConfig, roomFor, type SavedModel } from './keras-file.ts';
import { upgradeConfig } from './legacy-config.ts';
import { parsePythonJson, pythonJson } from './python-json.ts';
import { convertStored } from './weights.ts';

interface Modelish extends AnyLayer {
  readonly layers: readonly AnyLayer[];
  readonly optimizer?: { readonly variables: readonly Variable[]; getConfig(): Config } | undefined;
}
/** A layer's weights in the order of legacy files: trainable ones, then the others, nested layers' included. */
const legacyWeights = (layer: AnyLayer): Variable[] => [...layer.trainableWeights, ...layer.nonTrainableWeights];
const ownOf = (model: AnyLayer): Variable[] => ownVariablesOf(model);

/** Members of `layers` without the names of modules, as legacy files hold them. */
function legacyConfig(config: Config): Config {
  const { layers, ...rest } = config as { layers?: Config[] };
  if (!layers) return config;
  return {
    ...rest,
    layers: layers.map(({ class_name, config: own, name, inbound_nodes }) => ({
      class_name,
      config: legacyConfig(own as Config),
      ...(name !== undefined && { name, inbound_nodes }),
    })),
  };
}

/** A whole model in the layout of `.h5` files. */
export async function modelToH5(model: SavedModel): Promise<H5Group> {
  const file = h5Group();
  const { layers, optimizer } = model as unknown as Modelish;
  const config = { class_name: model.className, config: legacyConfig(model.getConfig()) };
  file.attributes['keras_version'] = h5Text(kerasVersion);
  file.attributes['backend'] = h5Text('jax');
  file.attributes['model_config'] = h5Text(pythonJson(config), 'ascii');
  const compiled = model.getCompileConfig();
  if (compiled && optimizer) {
    const { optimizer: described, ...rest } = compiled;
    const { class_name, config: own } = (described ?? serializeObject(optimizer)) as Config;
    const training = { ...(withoutModules(rest) as Config), optimizer_config: { class_name, config: own } };
    file.attributes['training_config'] = h5Text(pythonJson(training), 'ascii');
  }
  const all = (model.className === 'Functional' && model[inner].held) || layers;
  await weightsToLegacy(model, all, makeH5Group(file, 'model_weights'));
  if (compiled && optimizer && optimizer.variables.length > 0) {
    const group = makeH5Group(file, 'optimizer_weights');
    await putWeights(group, optimizer.variables);
  }
  return file;
}
/** Objects in `training_config` have no module. */
function withoutModules(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(withoutModules);
  if (typeof x !== 'object' || x === null) return x;
  const { module: _, registered_name: __, ...rest } = x as Config;
  return Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, withoutModules(v)]));
}

async function weightsToLegacy(model: AnyLayer, layers: readonly AnyLayer[], group: H5Group): Promise<void> {
  setH5Names(
    group,
    'layer_names',
    layers.map((layer) => layer.name),
  );
  group.attributes['backend'] = h5Text('jax');
  group.attributes['keras_version'] = h5Text(kerasVersion);
  for (const layer of layers) await putWeights(makeH5Group(group, layer.name), legacyWeights(layer));
  await putWeights(makeH5Group(group, 'top_level_model_weights'), ownOf(model));
}
async function putWeights(group: H5Group, weights: readonly Variable[]): Promise<void> {
  setH5Names(
    group,
    'weight_names',
    weights.map((v) => v.path),
  );
  for (const v of weights) setH5(group, v.path, h5Dataset(v.shape, v.dtype, await download(v.held)));
}

/** Whether an HDF5 file is of the legacy layout: a whole model, or weights by layer. */
export const isLegacy = (file: H5Group): boolean =>
  ['model_config', 'layer_names', 'layer_names0'].some((name) => name in file.attributes);

/** The model in a legacy `.h5` file, Keras 3's or TensorFlow 2's. */
export function modelFromH5(
  file: H5Group,
  options: LoadModelOptions = {},
  fileBytes = Number.POSITIVE_INFINITY,
): SavedModel {
  if (!('model_config' in file.attributes))
    fail(
      'loadModel',
      'the HDF5 file holds weights, but no model',
      'make the model in code, or from its JSON, and call model.loadWeights(file)',
    );
  const described = parsePythonJson(getH5Text(file, 'model_config') ?? '') as Config;
  const model = withinRoom('the file', roomFor(fileBytes), () =>
    modelFromConfig(upgradeConfig(described) as Config, options),
  );
  const group = getH5(file, 'model_weights');
  if (!group || isH5Dataset(group))
    return fail('loadModel', 'the HDF5 file holds no group "model_weights"', 'check that the file is whole');
  weightsFromLegacy(model, group);
  return model;
}

interface LegacyOptions {
  /** Matches layers by name; others stay as they are. */
  readonly byName?: boolean | undefined;
  readonly skipMismatch?: boolean | undefined;
}
/** Gives a model the weights of a legacy file: layer for layer in order, or by the layers' names. */
export function weightsFromLegacy(
  model: AnyLayer,
  given: H5Group,
  { byName = false, skipMismatch = false }: LegacyOptions = {},
): void {
  const within = getH5(given, 'model_weights');
  const file = within && !isH5Dataset(within) && !('layer_names' in given.attributes) ? within : given;
  const groups = (getH5Names(file, 'layer_names') ?? [])
    .map((name) => ({ name, stored: storedIn(file, name) }))
    .filter(({ stored }) => stored.length > 0);
  const layers = (model as Modelish).layers.filter((layer) => legacyWeights(layer).length > 0);
  if (!byName && groups.length !== layers.length)
    fail(
      model,
      `the file has weights for ${groups.length} layers (${groups.map((g) => g.name).join(', ')}), the model ${layers.length} (${layers.map((l) => l.name).join(', ')})`,
      'load into the same architecture, or pass { byName: true }',
    );
  const pairs = byName
    ? layers.flatMap((layer) => groups.filter((g) => g.name === layer.name).map((group) => ({ layer, group })))
    : layers.map((layer, k) => ({ layer, group: groups[k]! }));
  const found = pairs.map(({ layer, group }) => ({
    who: layer.name,
    weights: legacyWeights(layer),
    stored: group.stored,
  }));
  const own = ownOf(model);
  if (own.length > 0 && !byName)
    found.push({ who: model.name, weights: own, stored: storedIn(file, 'top_level_model_weights') });
  const fitting = found.filter(({ who, weights, stored }) => {
    const problem = mismatch(weights, stored);
    if (problem && !skipMismatch)
      fail(
        model,
        `the weights in the file do not fit: ${who}: ${problem}`,
        'load into the same architecture, or pass { skipMismatch: true }',
      );
    if (problem) console.warn(`loadWeights: "${who}" was left as it is: ${problem}.`);
    return problem === undefined;
  });
  // All numbers are read before any weight changes: the file may be damaged further on.
  const values = fitting.flatMap(({ weights, stored }) =>
    weights.map((v, k) => {
      const { data, dtype } = stored[k]!;
      return { v, data: convertStored(data as ArrayLike<number | bigint>, dtype, v.dtype) };
    }),
  );
  for (const { v, data } of values) v.assign(upload(data, v));
}

type Stored = ReturnType<typeof storedIn>[number];
function storedIn(file: H5Group, name: string) {
  const group = getH5(file, name);
  if (!group || isH5Dataset(group)) return [];
  return (getH5Names(group, 'weight_names') ?? []).map((path) => {
    const node = getH5(group, path);
    if (!node || !isH5Dataset(node) || node.dtype === 'string')
      return fail(
        'loadWeights',
        `the file names the weight "${name}/${path}", but does not hold it`,
        'check that the file is whole',
      );
    return node;
  });
}
function mismatch(weights: readonly Variable[], stored: readonly Stored[]): string | undefined {
  if (weights.length !== stored.length) return `it has ${weights.length} weights, the file ${stored.length}`;
  const at = weights.findIndex((v, k) => !sameShape(v.shape, stored[k]!.shape ?? []));
  if (at < 0) return undefined;
  return `weight "${weights[at]!.path}" has shape ${showShape(weights[at]!.shape)}, the file's ${showShape(stored[at]!.shape ?? [])}`;
}
