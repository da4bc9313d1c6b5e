import { isNode } from '../devices/host/platform.ts';
import { isDeviceChosen, provideFirst } from './device.ts';
import { firstDevice } from './native-device.ts';
import { setDevice } from './set-device.ts';

// In bundles for pages, `environment-in-pages.ts` replaces this file, according to `browser` in package.json.

provideFirst(firstDevice);

let choice: Promise<void> | undefined;

/** Chooses the device named by HORNBEAM_DEVICE, unless one was chosen before. */
export function chosenByEnvironment(): Promise<void> | undefined {
  const name = isNode() && !isDeviceChosen() ? process.env['HORNBEAM_DEVICE'] : undefined;
  if (name) choice ??= setDevice(name);
  return choice;
}
