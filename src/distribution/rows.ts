import type { Batch } from '../data/batches.ts';
import { slice } from '../ops/index.ts';
import { hostTensor, numbersInMemory } from '../runtime/host-tensor.ts';
import { mapTensors, type Tensor } from '../tensor/index.ts';

/** The rows `[from, to)` of a batch of `size` that a rank computes with; some ranks have one more than others. */
export const rowsOf = (rank: number, ranks: number, size: number): [from: number, to: number] => [
  Math.ceil((rank * size) / ranks),
  Math.ceil(((rank + 1) * size) / ranks),
];

/** Some rows of a batch, as views if they are in JavaScript's memory. */
export function partOf({ x, y, sampleWeight, size }: Batch, from: number, to: number): Batch {
  const take = (nest: unknown): unknown =>
    mapTensors(nest, (t) => (t.shape.length > 0 && t.shape[0] === size ? rows(t, from, to) : t));
  return { x: take(x), y: take(y), sampleWeight: take(sampleWeight), size: to - from };
}

function rows(t: Tensor, from: number, to: number): Tensor {
  const [n = 0, ...rest] = t.shape;
  if (from === 0 && to === n) return t;
  const aval = { shape: [to - from, ...rest], dtype: t.dtype };
  const numbers = numbersInMemory(t);
  if (!numbers)
    return slice(
      t,
      t.shape.map((_, axis) => (axis === 0 ? from : 0)),
      aval.shape,
    );
  const row = numbers.length / n;
  return hostTensor(numbers.subarray(from * row, to * row), aval);
}
