import type { DataFormat } from '../../base/config.ts';
import { f } from '../../base/field/field.ts';
import { concatenate, getItem, max, mean } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataFormatField, spatialAxes } from '../data-format.ts';

/** Options of pooling to a given number of windows along `rank` spatial axes. */
export const adaptiveFields = (rank: number) => ({
  /** Number of windows along each spatial axis. */
  outputSize: f.sizes(rank),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
});
interface Adaptive {
  readonly outputSize: readonly number[];
  readonly dataFormat: DataFormat;
}
type Reduce = (x: Tensor, options: { axis: number; keepdims: boolean }) => Tensor;

/** Window k of q along an axis of n covers `floor(k · n / q)` to `ceil((k + 1) · n / q)`. */
function along(x: Tensor, axis: number, windows: number, reduce: Reduce): Tensor {
  const n = x.shape[axis];
  const parts = Array.from({ length: windows }, (_, k) => {
    const range = [Math.floor((k * n) / windows), Math.ceil(((k + 1) * n) / windows)] as const;
    const part = getItem(
      x,
      x.shape.map((_, d) => (d === axis ? { slice: range } : { slice: [null, null] as const })),
    );
    return reduce(part, { axis, keepdims: true });
  });
  return concatenate(parts, { axis });
}
/** Windows are boxes, and reduced one axis after the other. */
const pooled = (layer: Adaptive, x: Tensor, reduce: Reduce): Tensor =>
  spatialAxes(layer.dataFormat, layer.outputSize.length).reduce(
    (y, axis, k) => along(y, axis, layer.outputSize[k], reduce),
    x,
  );
export const adaptiveMax = (layer: Adaptive, x: Tensor): Tensor => pooled(layer, x, max);
export const adaptiveAverage = (layer: Adaptive, x: Tensor): Tensor => pooled(layer, x, mean);
