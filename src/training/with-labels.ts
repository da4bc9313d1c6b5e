import { isPlainObject } from '../base/tree.ts';
import type { Data } from '../data/batches.ts';
import { isTypedArray, Tensor, Variable } from '../tensor/index.ts';

/**
 * Distinguishes `fit(x, y, options)` from `fit(dataset, options)`: a source of batches brings its own labels, and an
 * object of labels by name consists of data only.
 */
export function withLabels<X, O extends object>(
  x: X,
  second: unknown,
  third: O | undefined,
  names: Readonly<Record<string, unknown>>,
): [x: X, y: Data | undefined, options: O] {
  const isOptions = third === undefined && isPlainObject(second) && !(isData(x) && areLabels(second, names));
  return isOptions ? [x, undefined, second as O] : [x, (second ?? undefined) as Data | undefined, third ?? ({} as O)];
}

const areLabels = (x: Readonly<Record<string, unknown>>, names: Readonly<Record<string, unknown>>): boolean =>
  Object.values(x).every(isData) && !Object.keys(x).every((key) => Object.hasOwn(names, key));

/** Whether something is numeric data: a tensor, a typed array, nested arrays, or a nest of these. */
function isData(x: unknown): boolean {
  if (x instanceof Tensor || x instanceof Variable || isTypedArray(x)) return true;
  if (isPlainObject(x)) return Object.values(x).every(isData);
  return Array.isArray(x) && (x.length === 0 || typeof x[0] === 'number' || typeof x[0] === 'boolean' || isData(x[0]));
}
