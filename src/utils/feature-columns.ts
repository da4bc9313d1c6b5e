import type { AnyLayer } from '../layers/layer/layer.ts';
import { expandDims, getItem, reshape } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';

/** Values as a column. */
export const upright = (x: Tensor): Tensor =>
  x.shape.length === 0 ? reshape(x, [1, 1]) : x.shape.length === 1 ? expandDims(x, -1) : x;
/** Values in the portions in which Keras takes them: 32 at a time, or row by row if a row has several values. */
export function rowsOf(x: Tensor): Tensor[] {
  const [n] = x.shape as readonly [number];
  const size = x.shape.length === 1 ? 32 : 1;
  const cut = (k: number): Tensor => getItem(x, [x.shape.length === 1 ? { slice: [k, Math.min(k + size, n)] } : k]);
  return Array.from({ length: Math.ceil(n / size) }, (_, k) => cut(k * size));
}

interface Adaptable {
  adapt(data: unknown): void;
}
/** Whether a layer adapts to data. */
export const isAdaptable = (layer: AnyLayer): layer is AnyLayer & Adaptable => 'adapt' in layer;
