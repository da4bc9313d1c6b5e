import type { RealDType } from '../../base/dtype.ts';
import type { OptionNames } from '../../base/options.ts';
import { type H5Group, h5Dataset, h5Group, h5Text, makeH5Group, setH5 } from '../../formats/hdf5.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { valueInFiles } from '../../layers/layer/lora.ts';
import { download } from '../../runtime/storage.ts';
import { asTensor, type Tensor } from '../../tensor/index.ts';
import { storing } from './own-stores.ts';
import { type Placed, placeSaveables } from './saveables.ts';

export const join = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

/** All variables of a model in Keras 3's layout of `model.weights.h5`, with the values they have when this is called. */
export async function weightsToH5(root: AnyLayer): Promise<H5Group> {
  const file = h5Group();
  const placed = placeSaveables(root);
  // All are requested before anything is awaited, so that a concurrent training step cannot come between two of them.
  const asked = placed.map((each) => ({
    ...each,
    entries: entriesOf(each).map(([key, value]) => ({ key, value, data: download(value) })),
  }));
  for (const { path, object, entries } of asked) {
    const group = makeH5Group(file, join(path, 'vars'));
    group.attributes['name'] = h5Text(object.name);
    for (const { key, value, data } of entries)
      setH5(file, join(path, `vars/${key}`), h5Dataset(value.shape, value.dtype as RealDType, await data));
  }
  return file;
}

/** What a file stores for one object: the values of its variables by number, or what its class stores itself. */
export function entriesOf({ object, variables }: Placed): (readonly [key: string, value: Tensor])[] {
  const own = storing(object, 'saveOwnVariables');
  if (!own) return variables.map((v, k) => [String(k), valueInFiles(v) ?? v.held]);
  const store: Record<string, Tensor> = {};
  own.saveOwnVariables(store);
  return Object.entries(store).map(([key, value]) => [key, asTensor(value)]);
}

/** Options of `model.loadWeights`. */
export interface LoadWeightsOptions {
  /** Skips layers whose weights do not fit, with a warning. */
  readonly skipMismatch?: boolean | undefined;
  /** Matches the layers of an older `.h5` file by name, not by order. */
  readonly byName?: boolean | undefined;
  /** Says under which name a `.safetensors` file holds a weight, given its path; null leaves it as it is. */
  readonly rename?: ((path: string) => string | null) | undefined;
}
export const loadWeightsOptions: OptionNames<LoadWeightsOptions> = {
  skipMismatch: true,
  byName: true,
  rename: true,
};
