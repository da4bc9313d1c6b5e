import { fail } from '../base/errors.ts';
import { table } from '../base/table.ts';
import type { Device } from '../devices/device.ts';
import { wasmDevice } from '../devices/wasm/device.ts';

export type DeviceName = Device['name'];

const makers: Readonly<Record<DeviceName, () => Device | Promise<Device>>> = table({
  // A page that never asks for them need not load them.
  reference: async () => (await import('../devices/reference/device.ts')).referenceDevice(),
  wasm: () => wasmDevice(),
  webgpu: async () => (await import('../devices/webgpu/device.ts')).webgpuDevice(),
});
const made = new Map<DeviceName, Device>();
let current: Device | undefined;

/** The device that new tensors and programs go to: `wasm` unless another was set. */
export function currentDevice(): Device {
  current ??= wasm();
  return current;
}

const numbers = new WeakMap<Device, string>();
let count = 0;
/** Tells the device in use from all others there ever were, those of its name too: what was compiled for one is kept under it. */
export function deviceKey(): string {
  const device = currentDevice();
  let key = numbers.get(device);
  if (!key) numbers.set(device, (key = `${device.name}${count++}`));
  return key;
}

const wasm = (): Device => made.get('wasm') ?? remember('wasm', wasmDevice());

/** The device of that name, ready for use. */
export async function deviceNamed(name: DeviceName): Promise<Device> {
  const make = makers[name];
  if (!make)
    return fail('config.setDevice', `unknown device "${name}"`, `use one of ${Object.keys(makers).join(', ')}`);
  const known = made.get(name);
  const device = known && !known.isLost ? known : remember(name, await make());
  await device.ready;
  return device;
}

/** Makes it the device of all that follows. */
export function useDevice(device: Device): void {
  current = device;
}

/** What `f` gives, computed where numbers can be read at once. */
export function onHost<T>(f: () => T): T {
  const before = currentDevice();
  if (!before.isRemote) return f();
  current = wasm();
  try {
    return f();
  } finally {
    current = before;
  }
}

/** What to wait for, if anything, before compiling what should use all of the device. */
export const deviceReady = (): Promise<void> | undefined => currentDevice().ready;

function remember(name: DeviceName, device: Device): Device {
  made.set(name, device);
  return device;
}
