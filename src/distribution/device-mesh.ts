import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { type Shape, showShape, sizeOf } from '../base/shape.ts';
import { listDevices } from './devices.ts';

/** Options of `DeviceMesh`. */
export interface DeviceMeshOptions {
  /** How many devices there are along each axis, e.g. `[8]`. */
  readonly shape: Shape;
  /** A name for each axis, e.g. `['batch']`. */
  readonly axisNames: readonly string[];
  /** The devices, row by row; all by default. */
  readonly devices?: readonly string[] | null;
}
const names: OptionNames<DeviceMeshOptions> = { shape: true, axisNames: true, devices: true };

/**
 * A grid of devices with named axes.
 * @example new DeviceMesh({ shape: [1], axisNames: ['batch'] }).devices // ['cpu:0']
 * @see https://keras.io/api/distribution/layout_map/
 */
export class DeviceMesh {
  readonly shape: Shape;
  readonly axisNames: readonly string[];
  readonly devices: readonly string[];

  constructor(options: DeviceMeshOptions, ...surplus: undefined[]) {
    const { shape, axisNames, devices } = optionsOf('DeviceMesh', names, options, surplus);
    if (!Array.isArray(shape) || shape.length === 0 || !shape.every((n) => Number.isInteger(n) && n > 0))
      fail('DeviceMesh', `shape is ${JSON.stringify(shape)}`, 'give the number of devices along each axis: [2]');
    if (!Array.isArray(axisNames) || axisNames.length !== shape.length)
      fail(
        'DeviceMesh',
        `axisNames ${JSON.stringify(axisNames)} do not fit the shape ${showShape(shape)}`,
        'name each axis',
      );
    this.shape = [...shape];
    this.axisNames = [...axisNames];
    this.devices = [...(devices ?? listDevices())];
    if (this.devices.length !== sizeOf(shape))
      fail(
        'DeviceMesh',
        `the shape ${showShape(shape)} has ${sizeOf(shape)} places for ${this.devices.length} devices`,
        'give a shape whose product is the number of devices',
      );
  }

  static {
    exactMethods(this);
  }
}
