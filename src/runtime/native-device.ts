import type { Device } from '../devices/device.ts';

// Devices available only in Node. In bundles for pages, `native-device-in-pages.ts` replaces this file, according to
// `browser` in package.json.

/** Machine code. */
export const nativeDevice = async (): Promise<Device> => (await import('../devices/native/device.ts')).nativeDevice();

let isSaid = false;

/** The fastest device for this machine's processor; reports once which one it is. */
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
