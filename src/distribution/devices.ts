import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { show } from '../base/options.ts';
import { initialize } from './initialize.ts';

/** Keras's names of device types. */
export type DeviceType = 'cpu' | 'gpu' | 'tpu';
const types: readonly string[] = ['cpu', 'gpu', 'tpu'];

/**
 * The devices of all processes, `['cpu:0', 'cpu:1', …]`: one per process, whatever it computes on. There are none of
 * other types than `'cpu'`.
 * @example listDevices() // ['cpu:0']
 */
export const listDevices = exact('distribution.listDevices', 1, (deviceType: DeviceType | null = null): string[] => {
  if (deviceType !== null && !types.includes(deviceType))
    fail('distribution.listDevices', `there is no type ${show(deviceType)}`, "give 'cpu', 'gpu', 'tpu', or nothing");
  const count = deviceType === null || deviceType === 'cpu' ? (initialize()?.size ?? 1) : 0;
  return Array.from({ length: count }, (_, k) => `cpu:${k}`);
});

/** The number of devices over all processes. */
export const getDeviceCount = exact(
  'distribution.getDeviceCount',
  1,
  (deviceType: DeviceType | null = null): number => listDevices(deviceType).length,
);
