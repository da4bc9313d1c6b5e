import type { Device } from '../devices/device.ts';

// What Node alone has of devices. Where pages are bundled, `native-device-in-pages.ts` stands in the place of this file: `browser`
// in package.json says so.

/** Machine code. */
export const nativeDevice = async (): Promise<Device> => (await import('../devices/native/device.ts')).nativeDevice();

let isSaid = false;

/** The fastest device of this machine's own processor; says once which that is. */
export async function bestDevice(find: (name: 'native' | 'wasm') => Promise<Device>): Promise<Device> {
  const say = (device: Device, why: string): Device => {
    if (!isSaid) console.info(`Hornbeam computes on the device "${device.name}"${why}.`);
    isSaid = true;
    return device;
  };
  try {
    return say(await find('native'), '');
  } catch (error) {
    return say(await find('wasm'), ` (${(error as Error).message.split('\n', 1)[0]})`);
  }
}
