import { fail } from '../base/errors.ts';
import { isPlainObject } from '../base/tree.ts';
import { asTensor, type Like, Tensor, Variable } from '../tensor/index.ts';

/** Whether a list holds tensors, rather than being one: it does if some entry cannot be an element of a plain array. */
export const holdsTensors = (list: readonly unknown[]): boolean =>
  list.some(
    (x) =>
      x instanceof Tensor ||
      ArrayBuffer.isView(x) ||
      x === null ||
      x === undefined ||
      (Array.isArray(x) ? holdsTensors(x) : typeof x === 'object'),
  );

/**
 * Converts data from users (tensors, typed arrays, plain nested arrays, lists and objects of these; null for an omitted
 * part) to a nest of tensors, created by `make`. A list of plain arrays is one array, unless the model has `count`
 * inputs or outputs and the list as many entries.
 */
export function toTensors(data: unknown, what: string, count = 1, make: (x: Like) => Tensor = asTensor): unknown {
  if (data === undefined || data === null) return undefined;
  if (data instanceof Tensor || ArrayBuffer.isView(data) || typeof data === 'number' || typeof data === 'boolean')
    return make(data as Like);
  if (Array.isArray(data)) {
    const areParts = count > 1 && data.length === count && data.every((x) => Array.isArray(x));
    return areParts || holdsTensors(data) ? data.map((x) => toTensors(x, what, 1, make)) : make(data as Like);
  }
  if (data instanceof Promise) {
    data.catch(() => {}); // nobody else would take its failure
    fail('data', `${what} is a promise`, 'await what gives it: const data = await load(); …');
  }
  if (typeof data !== 'object' || !(isPlainObject(data) || data instanceof Variable))
    return fail(
      'data',
      `${what} holds ${typeof data === 'string' ? JSON.stringify(data) : String(data)}, which is no array of numbers`,
      'give tensors, typed arrays, nested arrays of numbers, or lists and objects of these',
    );
  if (data instanceof Variable) return make(data);
  return Object.fromEntries(Object.entries(data).map(([key, x]) => [key, toTensors(x, what, 1, make)]));
}
