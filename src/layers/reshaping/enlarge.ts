import type { DataFormat } from '../../base/config.ts';
import { broadcastTo, reshape } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { spatialAxes } from '../data-format.ts';

/** Every element repeated along each spatial axis: a broadcast, and no copies where it fuses with what follows. */
export function enlarge(x: Tensor, sizes: readonly number[], dataFormat: DataFormat): Tensor {
  const axes = spatialAxes(dataFormat, sizes.length);
  const factor = (d: number): number => sizes[axes.indexOf(d)] ?? 1;
  const apart = reshape(
    x,
    x.shape.flatMap((n, d) => (axes.includes(d) ? [n, 1] : [n])),
  );
  const spread = broadcastTo(
    apart,
    x.shape.flatMap((n, d) => (axes.includes(d) ? [n, factor(d)] : [n])),
  );
  return reshape(
    spread,
    x.shape.map((n, d) => n * factor(d)),
  );
}
