import { sameShape } from '../../base/shape.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import type { Origin, StoredWeight } from './stored-weight.ts';

/** An array in the file with its axes in another order, or some of them reversed. */
function arranged({ path, dtype, shape, data }: StoredWeight, axes: readonly number[], reversed = 0): StoredWeight {
  const to = axes.map((axis) => shape[axis]);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const out = (data as Float32Array).slice();
  const index = new Array<number>(to.length).fill(0);
  for (let k = 0; k < out.length; k++) {
    let from = 0;
    axes.forEach((axis, d) => (from += strides[axis] * (d < reversed ? to[d] - 1 - index[d] : index[d])));
    out[k] = (data as Float32Array)[from];
    for (let d = to.length - 1; d >= 0 && ++index[d] === to[d]; d--) index[d] = 0;
  }
  return { path, dtype, shape: to, data: out };
}
/** Arrays concatenated along the last axis. */
function joined(parts: readonly StoredWeight[]): StoredWeight {
  const columns = parts.map(({ shape }) => shape.at(-1)!);
  const width = columns.reduce((a, b) => a + b, 0);
  const rows = parts[0].data.length / columns[0];
  const data = new Float32Array(rows * width);
  let at = 0;
  parts.forEach((part, k) => {
    for (let row = 0; row < rows; row++)
      for (let j = 0; j < columns[k]; j++) data[row * width + at + j] = Number(part.data[row * columns[k] + j]);
    at += columns[k];
  });
  return { path: parts[0].path, dtype: 'float32', shape: [...parts[0].shape.slice(0, -1), width], data };
}

/** The gates that Keras 1 kept separately, in the order of today's single array: LSTM had i, c, f, o; GRU z, r, h. */
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

/** The kernel of a convolution: Keras 1 ordered its axes differently, and Theano flipped windows. */
function convertKernel(layer: AnyLayer, kernel: StoredWeight, { backend }: Origin): StoredWeight {
  const wanted = layer.weights[0].shape;
  const isFlat = layer.className === 'Conv1D' && kernel.shape.length === 4;
  // A one-dimensional window had a second axis of size 1.
  const shape = kernel.shape.filter((_, axis) => !(isFlat && axis === (kernel.shape[1] === 1 ? 1 : 3)));
  const { path, dtype } = kernel;
  let found: StoredWeight = isFlat ? { path, dtype, shape, data: kernel.data } : kernel;
  const order = (orders[layer.className] ?? []).find((axes) =>
    sameShape(
      axes.map((axis) => found.shape[axis]),
      wanted,
    ),
  );
  if (!sameShape(found.shape, wanted) && order) found = arranged(found, order);
  return backend === 'theano' ? arranged(found, identity(found.shape.length), found.shape.length - 2) : found;
}

/** A weight whose gates lie side by side along the last axis, with each gate transformed. */
function eachGate(weight: StoredWeight, count: number, change: (gate: StoredWeight) => StoredWeight): StoredWeight {
  const { path, dtype, shape, data } = weight;
  const [rows, columns] = shape as [number, number];
  const width = columns / count;
  const gate = (k: number): StoredWeight => {
    const part = new Float32Array(rows * width);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < width; j++) part[i * width + j] = Number(data[i * columns + k * width + j]);
    return change({ path, dtype, shape: [rows, width], data: part });
  };
  return joined(Array.from({ length: count }, (_, k) => gate(k)));
}
/**
 * Weights of a cuDNN layer: the kernels of gates are transposed, and each gate has one bias for inputs and one for
 * states.
 */
function fromCuDnn(count: number, [kernel, recurrent, bias]: readonly StoredWeight[]): StoredWeight[] {
  const width = bias.data.length / 2;
  const halves = { ...bias, shape: [2, width] };
  const sums = Float32Array.from({ length: width }, (_, k) => Number(bias.data[k]) + Number(bias.data[width + k]));
  return [
    eachGate(kernel, count, ({ shape, ...gate }) => arranged({ ...gate, shape: shape.toReversed() }, [1, 0])),
    eachGate(recurrent, count, (gate) => arranged(gate, [1, 0])),
    count === gates['LSTM'].length ? { ...bias, shape: [width], data: sums } : halves,
  ];
}
const isFromCuDnn = (count: number, stored: readonly StoredWeight[]): boolean => {
  const [, recurrent, bias] = stored;
  return stored.length === 3 && bias.shape.length === 1 && bias.shape[0] === 2 * count * recurrent.shape[0];
};

interface Holder extends AnyLayer {
  readonly layer?: AnyLayer;
  readonly forwardLayer?: AnyLayer;
  readonly backwardLayer?: AnyLayer;
  readonly layers?: readonly AnyLayer[];
}
/** The layers whose weights a wrapper or a model has, in their order. */
function heldBy(layer: AnyLayer): readonly AnyLayer[] {
  const { layer: wrapped, forwardLayer, backwardLayer, layers } = layer as Holder;
  if (forwardLayer && backwardLayer) return [forwardLayer, backwardLayer];
  return wrapped ? [wrapped] : (layers ?? []);
}
type Kind = 'trainableWeights' | 'nonTrainableWeights';
/** The number of weights a layer has in a file, with gates kept separately or not. */
function storedCount(layer: AnyLayer, kind: Kind, isApart: boolean): number {
  const order = gates[layer.className];
  const own = layer[kind].length;
  if (order) return isApart && own === 3 ? 3 * order.length : own;
  const held = heldBy(layer);
  return held.length === 0 ? own : held.reduce((sum, inner) => sum + storedCount(inner, kind, isApart), 0);
}
/** The converted weights of a layer's children; a file lists all trainable ones first. */
function convertHeld(layer: AnyLayer, stored: readonly StoredWeight[], origin: Origin): readonly StoredWeight[] {
  const isApart = stored.length !== layer.weights.length;
  const total = (kind: Kind): number => storedCount(layer, kind, isApart);
  if (total('trainableWeights') + total('nonTrainableWeights') !== stored.length) return stored;
  let [at, later] = [0, total('trainableWeights')];
  const [first, last]: [StoredWeight[], StoredWeight[]] = [[], []];
  for (const inner of heldBy(layer)) {
    const [from, fromLater] = [at, later];
    at += storedCount(inner, 'trainableWeights', isApart);
    later += storedCount(inner, 'nonTrainableWeights', isApart);
    const found = convertWeights(inner, [...stored.slice(from, at), ...stored.slice(fromLater, later)], origin);
    first.push(...found.slice(0, inner.trainableWeights.length));
    last.push(...found.slice(inner.trainableWeights.length));
  }
  return [...first, ...last];
}

/** A layer's weights converted to today's form; Keras 1, cuDNN and the Theano backend stored them differently. */
export function convertWeights(
  layer: AnyLayer,
  stored: readonly StoredWeight[],
  origin: Origin,
): readonly StoredWeight[] {
  const { className } = layer;
  if (heldBy(layer).length > 0) return convertHeld(layer, stored, origin);
  const order = gates[className];
  if (order && isFromCuDnn(order.length, stored)) return fromCuDnn(order.length, stored);
  if (order && stored.length === 3 * order.length)
    return [0, 1, 2].map((kind) => joined(order.map((gate) => stored[3 * gate + kind])));
  if (Object.hasOwn(orders, className) && stored[0] && layer.weights.length === stored.length)
    return [convertKernel(layer, stored[0], origin), ...stored.slice(1)];
  return stored;
}
