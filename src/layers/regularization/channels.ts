import type { DataFormat } from '../../base/config.ts';
import { dropout, type SeedGenerator } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { spatialAxes } from '../data-format.ts';

/** Dropout with one draw for all positions of a channel. */
export function dropChannels(x: Tensor, rate: number, dataFormat: DataFormat, seed: SeedGenerator): Tensor {
  const spatial = spatialAxes(dataFormat, x.shape.length - 2);
  return dropout(x, rate, { noiseShape: x.shape.map((n, d) => (spatial.includes(d) ? 1 : n)), seed });
}
