import type { DType, TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { isPlainObject, mapTree, type Tree } from '../../base/tree.ts';
import { Tensor, tensor } from '../../tensor/index.ts';

/** A numeric tensor as functions in other threads take and return it. */
export interface PlainTensor {
  /** The elements, row by row. */
  readonly data: TypedArray;
  /** Size of each axis; none for a single number. */
  readonly shape: readonly number[];
  /** Always set in arguments of a function; optional in results. */
  readonly dtype?: DType;
}

/** A part of an element in a form that can be sent to another thread: numbers with their shape, strings unchanged. */
export async function plain(part: unknown, move: ArrayBuffer[]): Promise<unknown> {
  const waits: Promise<unknown>[] = [];
  const found: unknown[] = [];
  const form = mapTree(part as Tree<Tensor>, (leaf) => {
    const k = waits.length;
    waits.push(
      (async () => {
        if (!(leaf instanceof Tensor)) fail('Dataset.map', 'an element holds a pipeline', 'use flatMap first');
        if (leaf.strings) return leaf.shape.length === 0 ? leaf.strings[0] : leaf.array();
        // Sending a view would send the whole underlying array.
        const data = (await leaf.data()).slice();
        move.push(data.buffer as ArrayBuffer);
        return { data, shape: leaf.shape, dtype: leaf.dtype };
      })(),
    );
    return k;
  });
  found.push(...(await Promise.all(waits)));
  return mapTree(form, (k: number) => found[k]);
}
const isTensor = (x: object): x is PlainTensor =>
  'data' in x && ArrayBuffer.isView(x.data) && 'shape' in x && Array.isArray(x.shape);
/** A function's result, with tensors in place of plain ones. */
export function tensors(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(tensors);
  if (!isPlainObject(given)) return given;
  if (isTensor(given)) return tensor(given.data, { shape: given.shape, dtype: given.dtype });
  return Object.fromEntries(Object.entries(given).map(([key, x]) => [key, tensors(x)]));
}
