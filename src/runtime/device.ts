import { fail } from '../base/errors.ts';
import type { Device } from '../devices/device.ts';
import { referenceDevice } from '../devices/reference/device.ts';
import { wasmDevice } from '../devices/wasm/device.ts';

export type DeviceName = Device['name'];

const makers: Partial<Record<DeviceName, () => Device | Promise<Device>>> = {
  reference: referenceDevice,
  wasm: () => wasmDevice(),
};
const made = new Map<DeviceName, Device>();
let current: Device | undefined;

/** The device that new tensors and programs go to: `wasm` unless another was set. */
export function currentDevice(): Device {
  current ??= made.get('wasm') ?? remember('wasm', wasmDevice());
  return current;
}

/** Chooses the device for all that follows. Tensors made before move over when they are next used. */
export async function setDevice(name: DeviceName): Promise<void> {
  const make = makers[name];
  if (!make)
    return fail('config.setDevice', `unknown device "${name}"`, `use one of ${Object.keys(makers).join(', ')}`);
  current = made.get(name) ?? remember(name, await make());
  await current.ready;
}

/** What to wait for, if anything, before compiling what should use all of the device. */
export const deviceReady = (): Promise<void> | undefined => currentDevice().ready;

function remember(name: DeviceName, device: Device): Device {
  made.set(name, device);
  return device;
}
