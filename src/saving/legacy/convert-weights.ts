import { sameShape } from '../../base/shape.ts';
import type { AnyLayer } from '../../layers/layer.ts';
import type { Origin, StoredWeight } from './h5-weights.ts';

/** An array in the file with its axes in another order, or some of them reversed. */
function arranged({ path, dtype, shape, data }: StoredWeight, axes: readonly number[], reversed = 0): StoredWeight {
  const to = axes.map((axis) => shape[axis]!);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const out = (data as Float32Array).slice();
  const index = new Array<number>(to.length).fill(0);
  for (let k = 0; k < out.length; k++) {
    let from = 0;
    axes.forEach((axis, d) => (from += strides[axis]! * (d < reversed ? to[d]! - 1 - index[d]! : index[d]!)));
    out[k] = (data as Float32Array)[from]!;
    for (let d = to.length - 1; d >= 0 && ++index[d]! === to[d]; d--) index[d] = 0;
  }
  return { path, dtype, shape: to, data: out };
}
/** Arrays one after the other along the last axis. */
function joined(parts: readonly StoredWeight[]): StoredWeight {
  const columns = parts.map(({ shape }) => shape.at(-1)!);
  const width = columns.reduce((a, b) => a + b, 0);
  const rows = parts[0]!.data.length / columns[0]!;
  const data = new Float32Array(rows * width);
  let at = 0;
  parts.forEach((part, k) => {
    for (let row = 0; row < rows; row++)
      for (let j = 0; j < columns[k]!; j++) data[row * width + at + j] = Number(part.data[row * columns[k]! + j]);
    at += columns[k]!;
  });
  return { path: parts[0]!.path, dtype: 'float32', shape: [...parts[0]!.shape.slice(0, -1), width], data };
}

/** The gates that Keras 1 kept apart, in the order in which one array holds them today: LSTM had i, c, f, o; GRU z, r, h. */
const gates: Readonly<Record<string, readonly number[]>> = { LSTM: [0, 2, 1, 3], GRU: [0, 1, 2] };
const orders: Readonly<Record<string, readonly (readonly number[])[]>> = {
  Conv1D: [[2, 1, 0]],
  Conv2D: [[2, 3, 1, 0]],
  Conv2DTranspose: [
    [0, 1, 3, 2],
    [2, 3, 0, 1],
  ],
  Conv3D: [[2, 3, 4, 1, 0]],
};
const identity = (rank: number): number[] => Array.from({ length: rank }, (_, k) => k);

/** The kernel of a convolution: Keras 1 had other orders of its axes, and Theano turned windows round. */
function convertKernel(layer: AnyLayer, kernel: StoredWeight, { backend }: Origin): StoredWeight {
  const wanted = layer.weights[0]!.shape;
  const isFlat = layer.className === 'Conv1D' && kernel.shape.length === 4;
  // A window of one axis had a second one of size 1.
  const shape = kernel.shape.filter((_, axis) => !(isFlat && axis === (kernel.shape[1] === 1 ? 1 : 3)));
  const { path, dtype } = kernel;
  let found: StoredWeight = isFlat ? { path, dtype, shape, data: kernel.data } : kernel;
  const order = (orders[layer.className] ?? []).find((axes) =>
    sameShape(
      axes.map((axis) => found.shape[axis]!),
      wanted,
    ),
  );
  if (!sameShape(found.shape, wanted) && order) found = arranged(found, order);
  return backend === 'theano' ? arranged(found, identity(found.shape.length), found.shape.length - 2) : found;
}

/** Weights of a layer in the form that they have today; Keras 1 and the backend Theano kept them otherwise. */
export function convertWeights(
  layer: AnyLayer,
  stored: readonly StoredWeight[],
  origin: Origin,
): readonly StoredWeight[] {
  const { className } = layer;
  const { layer: wrapped } = layer as AnyLayer & { readonly layer?: AnyLayer };
  if (className === 'TimeDistributed' && wrapped) return convertWeights(wrapped, stored, origin);
  const order = gates[className];
  if (order && stored.length === 3 * order.length)
    return [0, 1, 2].map((kind) => joined(order.map((gate) => stored[3 * gate + kind]!)));
  if (Object.hasOwn(orders, className) && stored[0] && layer.weights.length === stored.length)
    return [convertKernel(layer, stored[0], origin), ...stored.slice(1)];
  return stored;
}
