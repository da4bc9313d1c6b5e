import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Shape } from '../base/shape.ts';
import { Variable } from '../tensor/index.ts';
import { type Scope, scopeOf } from './current.ts';
import { DeviceMesh } from './device-mesh.ts';
import { listDevices } from './devices.ts';
import { initialize } from './initialize.ts';
import { TensorLayout } from './tensor-layout.ts';

/** Options of `DataParallel`. */
export interface DataParallelOptions {
  /** All processes along the first axis; further axes are unused. */
  readonly deviceMesh?: DeviceMesh | null;
  /** The same as a list; `listDevices()` by default. */
  readonly devices?: readonly string[] | null;
  /**
   * Whether every process iterates over the same data and takes its rows of each batch. With false each process has its
   * own data, for instance `dataset.shard(numProcesses, dataShardId)`, and their batches together form one.
   */
  readonly autoShardDataset?: boolean;
}
const names: OptionNames<DataParallelOptions> = { deviceMesh: true, devices: true, autoShardDataset: true };

/**
 * Data-parallel training on the processes that mpirun started, each with the whole model and a part of every batch.
 * Results equal those of one process up to rounding, except that batch statistics (`BatchNormalization`) are those of
 * each part unless they are `synchronized`.
 * @example new DataParallel().numProcesses // 1
 * @see https://keras.io/api/distribution/data_parallel/
 */
export class DataParallel {
  readonly deviceMesh: DeviceMesh;
  /** The axis of the mesh along which batches are divided. */
  readonly batchDimName: string;
  readonly autoShardDataset: boolean;
  /** Number of processes. */
  readonly numProcesses: number;
  /** The number of this process, from 0: the rank. */
  readonly dataShardId: number;

  constructor(options?: DataParallelOptions, ...surplus: undefined[]) {
    const { deviceMesh, devices, autoShardDataset = true } = optionsOf('DataParallel', names, options, surplus);
    if (deviceMesh && devices) fail('DataParallel', 'it got deviceMesh and devices', 'give one of them');
    const all = listDevices();
    const chosen = deviceMesh?.devices ?? devices ?? all;
    if (chosen.length !== all.length || !all.every((device) => chosen.includes(device)))
      fail(
        'DataParallel',
        `the devices ${chosen.join(', ')} are not those of all processes: ${all.join(', ')}`,
        'leave them out, and start as many processes as are to train: mpirun -n 4 node train.js',
      );
    if (deviceMesh && deviceMesh.shape.length > 1)
      console.warn(
        `DataParallel: of the mesh's axes ${deviceMesh.axisNames.join(', ')} only ${deviceMesh.axisNames[0]} is used. Fix: give a mesh of one axis.`,
      );
    this.deviceMesh = deviceMesh ?? new DeviceMesh({ shape: [chosen.length], axisNames: ['batch'], devices: chosen });
    this.batchDimName = this.deviceMesh.axisNames[0]!;
    this.autoShardDataset = autoShardDataset;
    const job = initialize();
    this.numProcesses = job?.size ?? 1;
    this.dataShardId = job?.rank ?? 0;
  }

  /** Number of model replicas: one per process. */
  get numModelReplicas(): number {
    return this.numProcesses;
  }
  /** The layout of data of this shape: divided along the first axis. */
  getDataLayout(dataShape: Shape): TensorLayout {
    return this.#layout(dataShape.map((_, axis) => (axis === 0 ? this.batchDimName : null)));
  }
  /** The layout of a variable: replicated on all processes. */
  getVariableLayout(variable: Variable): TensorLayout {
    if (!(variable instanceof Variable))
      fail('DataParallel', 'the argument is no Variable', 'give one of model.weights');
    return this.#layout(variable.shape.map(() => null));
  }
  /** The layout of a layer's output, by path: none is prescribed. */
  getTensorLayout(_path: string): undefined {}
  /** The dataset itself: training takes the rows of this process from each batch. */
  distributeDataset<D>(dataset: D): D {
    return dataset;
  }
  /** Sets this distribution while a function runs, like Python's `with` block: `scope().run(() => …)`. */
  scope(): Scope {
    return scopeOf(this);
  }
  #layout(axes: readonly (string | null)[]): TensorLayout {
    return new TensorLayout(axes, { deviceMesh: this.deviceMesh });
  }

  static {
    exactMethods(this);
  }
}
