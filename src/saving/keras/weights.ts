import { asDType, type DType, type RealDType, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import {
  getH5,
  type H5Group,
  type H5Numbers,
  h5Dataset,
  h5Group,
  h5Text,
  isH5Dataset,
  makeH5Group,
  setH5,
} from '../../formats/hdf5.ts';
import { inner } from '../../layers/layer/inner.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { loraOf, valueInFiles } from '../../layers/layer/lora.ts';
import { zeros } from '../../ops/index.ts';
import { download, upload } from '../../runtime/storage.ts';
import { encode, fromBfloat16, fromFloat16 } from '../../tensor/elements.ts';
import { asTensor, type Tensor, type Variable } from '../../tensor/index.ts';
import { storing } from './own-stores.ts';
import { type Placed, placeSaveables } from './saveables.ts';

const join = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

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

/** What could not be loaded, collected for one summary. */
interface Mismatch {
  readonly path: string;
  /** Whether it belongs to a layer; without an optimizer's state, training merely starts afresh. */
  readonly isEssential: boolean;
  readonly problem: string;
}
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

/** Loads a Keras 3 weights file into a model. Nothing changes unless everything fits. */
export function weightsFromH5(root: AnyLayer, file: H5Group, options: LoadWeightsOptions = {}): void {
  const { skipMismatch = false } = optionsOf('weightsFromH5', loadWeightsOptions, options);
  const found: { variable: Variable; data: TypedArray }[] = [];
  const loads: (() => void)[] = [];
  const groups = withSlashes(file);
  const mismatches: Mismatch[] = [];
  for (const placed of placeSaveables(root)) {
    const problem = match(placed, groups, found, loads);
    if (problem) mismatches.push({ path: placed.path, problem, isEssential: inner in placed.object });
  }
  const essential = mismatches.filter(({ isEssential }) => isEssential);
  if (essential.length > 0 && !skipMismatch)
    fail(
      root,
      `the weights in the file do not fit:\n    ${essential.map(({ path, problem }) => `${path || '(model)'}: ${problem}`).join('\n    ')}`,
      'load into the same architecture (built), or pass { skipMismatch: true }',
    );
  for (const { path, problem } of mismatches) console.warn(`loadWeights: "${path}" was left as it is: ${problem}.`);
  for (const load of loads) load();
  for (const { variable, data } of found) {
    variable.assign(upload(data, variable));
    // Its correction is already part of the weight; training continues from there.
    const lora = loraOf(variable);
    if (lora) lora.b.assign(zeros(lora.b.shape, { dtype: lora.b.dtype }));
  }
}

/** Groups of a file from TensorFlow's Keras on Windows, which has `\\` in names instead of `/`. */
function withSlashes(file: H5Group): H5Group {
  const names = Object.keys(file.children).filter((name) => name.includes('\\'));
  if (names.length === 0) return file;
  const out: H5Group = { attributes: file.attributes, children: Object.assign(h5Group().children, file.children) };
  for (const name of names) {
    const node = file.children[name];
    if (isH5Dataset(node)) continue;
    const group = makeH5Group(out, name.replaceAll('\\', '/'));
    Object.assign(group.attributes, node.attributes);
    Object.assign(group.children, node.children);
    delete out.children[name];
  }
  return out;
}

/** Finds the file's values for one object's variables; returns what is wrong with them. */
function match(
  { path, alternatives, object, variables }: Placed,
  file: H5Group,
  found: { variable: Variable; data: TypedArray }[],
  loads: (() => void)[],
): string | undefined {
  const candidates = [path, ...alternatives].flatMap((p) => [
    p,
    p.replace(/(^|\/)layers(?=\/|$)/, '$1_layer_checkpoint_dependencies'),
  ]);
  const group = candidates.map((p) => getH5(file, join(p, 'vars'))).find((node) => node !== undefined);
  const stored = group && !isH5Dataset(group) ? group.children : {};
  const own = storing(object, 'loadOwnVariables');
  if (own) {
    loads.push(() => own.loadOwnVariables(tensorsOf(stored)));
    return undefined;
  }
  const count = Object.keys(stored).filter((key) => /^\d+$/.test(key)).length;
  if (count !== variables.length) {
    if (variables.length === 0 && isLayerUnbuilt(object))
      return `the layer is not built, but the file holds ${count} variable(s) for it; build it first`;
    return group === undefined
      ? variables.length === 0
        ? undefined
        : `the file holds nothing for its ${variables.length} variable(s)`
      : `it has ${variables.length} variable(s), the file ${count}`;
  }
  const fitting: { variable: Variable; data: TypedArray }[] = [];
  for (const [k, variable] of variables.entries()) {
    const dataset = stored[`${k}`];
    if (!dataset || !isH5Dataset(dataset) || dataset.dtype === 'string') return `entry ${k} is no array of numbers`;
    if (!sameShape(dataset.shape ?? [], variable.shape))
      return `variable "${variable.path}" has shape ${showShape(variable.shape)}, the file's ${showShape(dataset.shape ?? [])}`;
    fitting.push({ variable, data: convertStored(dataset.data, dataset.dtype, variable.dtype) });
  }
  found.push(...fitting);
  return undefined;
}
/** The arrays of a group, for objects that load them themselves. */
const tensorsOf = (stored: H5Group['children']): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(stored).flatMap(([key, node]) =>
      isH5Dataset(node) && node.dtype !== 'string' ? [[key, tensorOf(node)]] : [],
    ),
  );
function tensorOf({ data, dtype: stored, shape }: H5Numbers): Tensor {
  const dtype = asDType(stored);
  return upload(convertStored(data, stored, dtype), { shape: shape ?? [], dtype });
}
const isLayerUnbuilt = (object: object): boolean => (object as { built?: boolean }).built === false;

/** Elements from a file, converted to a variable's dtype. */
export function convertStored(data: ArrayLike<number | bigint>, from: string, to: DType): TypedArray {
  if (from === to) return data as TypedArray;
  const numbers = Array.from(data as ArrayLike<number | bigint>, Number);
  return encodeAs(decodeAs(numbers, from), to);
}
function decodeAs(numbers: number[], from: string): number[] {
  const read = from === 'float16' ? fromFloat16 : from === 'bfloat16' ? fromBfloat16 : undefined;
  return read ? numbers.map(read) : numbers;
}
const encodeAs = (numbers: number[], to: DType): TypedArray => encode(numbers, to);
