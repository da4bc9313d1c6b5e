import type { TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import {
  getH5,
  getH5Names,
  getH5Text,
  type H5Dataset,
  type H5Group,
  h5Dataset,
  h5Text,
  isH5Dataset,
  makeH5Group,
  setH5,
  setH5Names,
} from '../../formats/hdf5.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { ownVariablesOf } from '../../layers/layer/tracking.ts';
import { upload } from '../../runtime/storage.ts';
import type { Variable } from '../../tensor/index.ts';
import { kerasVersion } from '../keras/keras-file.ts';
import { convertStored } from '../keras/read-weights.ts';
import { convertWeights } from './convert-weights.ts';
import type { Origin, StoredWeight } from './stored-weight.ts';
import { matchOrder } from './weight-order.ts';

interface Modelish extends AnyLayer {
  readonly layers: readonly AnyLayer[];
}
/**
 * A layer's weights in the order of legacy files: trainable ones, then the others, including those of nested layers.
 */
const legacyWeights = (layer: AnyLayer): Variable[] => [...layer.trainableWeights, ...layer.nonTrainableWeights];

type Values = ReadonlyMap<Variable, TypedArray>;
/** The variables that `weightsToLegacy` writes. */
export const variablesInLegacy = (model: AnyLayer, layers: readonly AnyLayer[]): Variable[] => [
  ...layers.flatMap(legacyWeights),
  ...ownVariablesOf(model),
];

/** Writes the weights of a model's layers into a group of an `.h5` file. */
export function weightsToLegacy(model: AnyLayer, layers: readonly AnyLayer[], group: H5Group, values: Values): void {
  setH5Names(
    group,
    'layer_names',
    layers.map((layer) => layer.name),
  );
  group.attributes['backend'] = h5Text('jax');
  group.attributes['keras_version'] = h5Text(kerasVersion);
  for (const layer of layers) putWeights(makeH5Group(group, layer.name), legacyWeights(layer), values);
  putWeights(makeH5Group(group, 'top_level_model_weights'), ownVariablesOf(model), values);
}
/** Writes variables under their paths, and the list of paths. */
export function putWeights(group: H5Group, weights: readonly Variable[], values: Values): void {
  setH5Names(
    group,
    'weight_names',
    weights.map((v) => v.path),
  );
  for (const v of weights) setH5(group, v.path, h5Dataset(v.shape, v.dtype, values.get(v)!));
}

interface LegacyOptions {
  /** Matches layers by name; layers without a match keep their weights. */
  readonly byName?: boolean | undefined;
  /** Skips weights of another shape with a warning instead of failing. */
  readonly skipMismatch?: boolean | undefined;
}
/** Loads the weights of a legacy file into a model: layer by layer in order, or by layer name. */
export function weightsFromLegacy(
  model: AnyLayer,
  given: H5Group,
  { byName = false, skipMismatch = false }: LegacyOptions = {},
): void {
  const within = getH5(given, 'model_weights');
  const file = within && !isH5Dataset(within) && !('layer_names' in given.attributes) ? within : given;
  const origin = originOf(file, given);
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
  // Keras 1 wrote branches of a Merge one after the other, where a graph goes by depth.
  const isNamed = origin.version.startsWith('1.') && layers.every((layer) => groups.some((g) => g.name === layer.name));
  const pairs = byName
    ? layers.flatMap((layer) => groups.filter((g) => g.name === layer.name).map((group) => ({ layer, group })))
    : layers.map((layer, k) => ({ layer, group: (isNamed && groups.find((g) => g.name === layer.name)) || groups[k] }));
  const found = pairs.map(({ layer, group }) => {
    const weights = legacyWeights(layer);
    const stored = convertWeights(layer, group.stored, origin);
    return { who: layer.name, weights, stored: matchOrder(weights, stored) };
  });
  const own = ownVariablesOf(model);
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
  assignStored(
    fitting.flatMap(({ weights }) => weights),
    fitting.flatMap(({ stored }) => stored),
  );
}

const originOf = (file: H5Group, root: H5Group): Origin => ({
  version: getH5Text(file, 'keras_version') ?? getH5Text(root, 'keras_version') ?? '1',
  backend: getH5Text(file, 'backend') ?? getH5Text(root, 'backend') ?? 'tensorflow',
});

type NumbersDataset = Extract<H5Dataset, { readonly dtype: Exclude<H5Dataset['dtype'], 'string'> }>;
/** The weights listed by a group of the file, in order. */
export function storedIn(file: H5Group, name: string): StoredWeight[] {
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
    const { shape, dtype } = node as NumbersDataset;
    return {
      path,
      shape: shape ?? [],
      dtype,
      // Read on demand.
      get data() {
        return (node as NumbersDataset).data;
      },
    };
  });
}
/**
 * Assigns values from a file to variables. All are read before any is changed, because the file may be damaged further
 * on.
 */
export function assignStored(weights: readonly Variable[], stored: readonly StoredWeight[]): void {
  const values = weights.map((v, k) => convertStored(stored[k].data, stored[k].dtype, v.dtype));
  weights.forEach((v, k) => v.assign(upload(values[k], v)));
}
export function mismatch(weights: readonly Variable[], stored: readonly StoredWeight[]): string | undefined {
  if (weights.length !== stored.length) return `it has ${weights.length} weights, the file ${stored.length}`;
  const at = weights.findIndex((v, k) => !sameShape(v.shape, stored[k].shape));
  if (at < 0) return undefined;
  return `weight "${weights[at].path}" has shape ${showShape(weights[at].shape)}, the file's ${showShape(stored[at].shape)}`;
}
