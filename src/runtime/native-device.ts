import type { Device } from '../devices/device.ts';
import { isNode } from '../devices/host/platform.ts';

// Devices available only in Node. In bundles for pages, `native-device-in-pages.ts` replaces this file, according to
// `browser` in package.json.

/** Machine code. */
export const nativeDevice = async (): Promise<Device> => (await import('../devices/native/device.ts')).nativeDevice();

/** Its code, read at once: it stands in a file beside the library's. Nothing where it does not, as when run from source. */
function nativeAtOnce(): (() => Device) | undefined {
  try {
    const { createRequire } = process.getBuiltinModule('node:module');
    return createRequire(import.meta.url)('./machine-code.js').nativeDevice as () => Device;
  } catch {
    return undefined;
  }
}

/**
 * The device that HORNBEAM_DEVICE names, for what is computed before anybody waited for a device: machine code, if it is
 * that or "auto"; others take over at the first batch.
 */
export function firstDevice(remember: (name: string, device: Device) => Device): Device | undefined {
  const name = isNode() ? process.env['HORNBEAM_DEVICE'] : undefined;
  const make = name === 'native' || name === 'auto' ? nativeAtOnce() : undefined;
  if (!make) return undefined;
  try {
    const device = remember('native', make());
    return name === 'auto' ? say(device, '') : device;
  } catch (error) {
    if (name === 'native') throw error;
    // Why not is said when the device is chosen.
    return undefined;
  }
}

let isSaid = false;
function say(device: Device, why: string): Device {
  if (!isSaid) console.info(`Hornbeam computes on the device "${device.name}"${why}.`);
  isSaid = true;
  return device;
}

/** The fastest device for this machine's processor; reports once which one it is. */
export async function bestDevice(find: (name: 'native' | 'wasm') => Promise<Device>): Promise<Device> {
  try {
    return say(await find('native'), '');
  } catch (error) {
    return say(await find('wasm'), ` (${(error as Error).message.split('\n', 1)[0]})`);
  }
}
