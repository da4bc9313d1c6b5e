/** `keras.distribution`: training on several processes through MPI. */
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { asTensor, type Like, type Tensor } from '../tensor/index.ts';
import { currentDistribution, useDistribution } from './current.ts';
import { DataParallel } from './data-parallel.ts';
import { getDeviceCount } from './devices.ts';
import { type InitializeOptions, initialize as join } from './initialize.ts';
import { TensorLayout } from './tensor-layout.ts';

export type { Scope } from './current.ts';
export { DataParallel, type DataParallelOptions } from './data-parallel.ts';
export { DeviceMesh, type DeviceMeshOptions } from './device-mesh.ts';
export { type DeviceType, getDeviceCount, listDevices } from './devices.ts';
export type { InitializeOptions } from './initialize.ts';
export { LayoutMap } from './layout-map.ts';
export { ModelParallel } from './model-parallel.ts';
export { TensorLayout, type TensorLayoutOptions } from './tensor-layout.ts';

/**
 * Joins the processes that mpirun (or srun) started; otherwise this process is the only one. `DataParallel` and
 * `listDevices` call it themselves.
 * @example initialize()
 */
export const initialize = exact('distribution.initialize', 1, (options?: InitializeOptions): void => {
  join(options);
});

/**
 * Sets the distribution of models created from now on; null lets each process train by itself. Random seeds become
 * those of rank 0.
 * @example setDistribution(new DataParallel())
 */
export const setDistribution = exact('distribution.setDistribution', 1, (value: DataParallel | null): void => {
  if (value !== null && !(value instanceof DataParallel))
    fail('distribution.setDistribution', 'what was given is no distribution', 'give a DataParallel, or null');
  useDistribution(value ?? undefined);
});

/** The distribution that was set; null if there is none. */
export const distribution = exact(
  'distribution.distribution',
  0,
  (): DataParallel | null => (currentDistribution() as DataParallel | undefined) ?? null,
);

/** Distributes a tensor over the processes; only layouts that replicate it are supported. */
export const distributeTensor = exact(
  'distribution.distributeTensor',
  2,
  (tensor: Like, layout: TensorLayout): Tensor => {
    if (!(layout instanceof TensorLayout))
      fail('distribution.distributeTensor', 'the layout is no TensorLayout', 'give a TensorLayout');
    const cut = layout.axes.find((axis) => axis !== null);
    const t = asTensor(tensor);
    if (cut !== undefined && getDeviceCount() > 1)
      fail(
        'distribution.distributeTensor',
        `the layout cuts the tensor along "${cut}", but each process holds its tensors whole`,
        'use null for all axes; fit cuts batches by itself',
      );
    return t;
  },
);
