import type { DataFormat } from '../../base/config.ts';
import type { Resolved } from '../../base/field/field.ts';
import { averagePool, max, maxPool, mean } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { spatialAxes } from '../data-format.ts';
import type { globalPoolFields, poolFields } from './fields.ts';

type Pooling = Resolved<ReturnType<typeof poolFields>>;
const windowOf = ({ strides, padding, dataFormat }: Pooling) => ({ strides, padding, dataFormat });

/** The largest element of each window. */
export const callMaxPool = (layer: Pooling, x: Tensor): Tensor => maxPool(x, layer.poolSize, windowOf(layer));
/** The mean of each window. */
export const callAveragePool = (layer: Pooling, x: Tensor): Tensor => averagePool(x, layer.poolSize, windowOf(layer));

type GlobalPooling = Resolved<typeof globalPoolFields>;
const over = ({ dataFormat, keepdims }: GlobalPooling, rank: number) => ({
  axis: spatialAxes(dataFormat as DataFormat, rank),
  keepdims,
});
/** The largest element over all spatial axes. */
export const callGlobalMax = (layer: GlobalPooling, x: Tensor, rank: number): Tensor => max(x, over(layer, rank));
/** The mean over all spatial axes. */
export const callGlobalAverage = (layer: GlobalPooling, x: Tensor, rank: number): Tensor => mean(x, over(layer, rank));
