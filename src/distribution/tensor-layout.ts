import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { DeviceMesh } from './device-mesh.ts';

/** Options of `TensorLayout`. */
export interface TensorLayoutOptions {
  /** The mesh with these axes. */
  readonly deviceMesh?: DeviceMesh | null;
}
const names: OptionNames<TensorLayoutOptions> = { deviceMesh: true };

/**
 * For each axis of a tensor, the mesh axis along which it is divided, or null if it is replicated.
 * @example new TensorLayout(['batch', null]).axes // ['batch', null]
 * @see https://keras.io/api/distribution/layout_map/
 */
export class TensorLayout {
  /** For each axis of the tensor the axis of the mesh that it is divided over; null if it is not divided. */
  readonly axes: readonly (string | null)[];
  #mesh: DeviceMesh | null = null;

  constructor(axes: readonly (string | null)[], options?: TensorLayoutOptions, ...surplus: undefined[]) {
    const { deviceMesh = null } = optionsOf('TensorLayout', names, options, surplus);
    if (!Array.isArray(axes) || !axes.every((axis) => axis === null || typeof axis === 'string'))
      fail('TensorLayout', `axes are ${show(axes)}`, "give a name or null for each: ['batch', null]");
    this.axes = [...axes];
    if (deviceMesh) this.deviceMesh = deviceMesh;
  }
  /** The mesh with these axes; it can be set once. */
  get deviceMesh(): DeviceMesh | null {
    return this.#mesh;
  }
  set deviceMesh(mesh: DeviceMesh) {
    if (!(mesh instanceof DeviceMesh)) fail('TensorLayout', 'deviceMesh is no DeviceMesh', 'give a DeviceMesh');
    if (this.#mesh) fail('TensorLayout', 'it has a deviceMesh already', 'make another layout');
    const unknown = this.axes.find((axis) => axis !== null && !mesh.axisNames.includes(axis));
    if (unknown !== undefined && unknown !== null)
      fail('TensorLayout', `the mesh has no axis "${unknown}"`, `use ${mesh.axisNames.join(', ')}, or null`);
    this.#mesh = mesh;
  }
}
