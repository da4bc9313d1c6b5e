import { asDType, type DType, type TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { fromBfloat16, fromFloat16 } from '../../base/half-floats.ts';
import { optionsOf } from '../../base/options.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import { getH5, type H5Group, type H5Numbers, h5Group, isH5Dataset, makeH5Group } from '../../formats/hdf5.ts';
import { inner } from '../../layers/layer/inner.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { loraOf } from '../../layers/layer/lora.ts';
import { zeros } from '../../ops/index.ts';
import { upload } from '../../runtime/storage.ts';
import { encode } from '../../tensor/elements.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { storing } from './own-stores.ts';
import { type Placed, placeSaveables } from './saveables.ts';
import { join, type LoadWeightsOptions, loadWeightsOptions } from './weights.ts';

/** What could not be loaded, collected for one summary. */
interface Mismatch {
  readonly path: string;
  /** Whether it belongs to a layer; without an optimizer's state, training merely starts afresh. */
  readonly isEssential: boolean;
  readonly problem: string;
}
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
