import type { DType, TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { isPlainObject, mapTree, type Tree } from '../../base/tree.ts';
import { Tensor, tensor } from '../../tensor/index.ts';

/** A tensor of numbers as functions in other threads take and give it. */
export interface PlainTensor {
  /** The elements, row by row. */
  readonly data: TypedArray;
  readonly shape: readonly number[];
  /** Said of what is given to a function; of a result it may be absent. */
  readonly dtype?: DType;
}

/** A part of an element as it crosses to another thread: numbers with their shape, strings as they are. */
export async function plain(part: unknown, move: ArrayBuffer[]): Promise<unknown> {
  const waits: Promise<unknown>[] = [];
  const found: unknown[] = [];
  const form = mapTree(part as Tree<Tensor>, (leaf) => {
    const k = waits.length;
    waits.push(
      (async () => {
        if (!(leaf instanceof Tensor)) fail('map', 'an element holds a pipeline', 'use flatMap first');
        if (leaf.strings) return leaf.shape.length === 0 ? leaf.strings[0] : leaf.array();
        // A view of a large array would take all of it along.
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
/** What a function gave, with tensors where it says shapes. */
export function tensors(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(tensors);
  if (!isPlainObject(given)) return given;
  if (isTensor(given)) return tensor(given.data, { shape: given.shape, dtype: given.dtype });
  return Object.fromEntries(Object.entries(given).map(([key, x]) => [key, tensors(x)]));
}
