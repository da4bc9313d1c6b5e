import { isNode } from '../devices/host/platform.ts';
import { isDeviceChosen } from './device.ts';
import { setDevice } from './set-device.ts';

// Where pages are bundled, `environment-in-pages.ts` stands in the place of this file: `browser` in package.json says so.

let choice: Promise<void> | undefined;

/** Chooses the device that HORNBEAM_DEVICE names, if it does and none was chosen before. */
export function chosenByEnvironment(): Promise<void> | undefined {
  const name = isNode() && !isDeviceChosen() ? process.env['HORNBEAM_DEVICE'] : undefined;
  if (name) choice ??= setDevice(name);
  return choice;
}
