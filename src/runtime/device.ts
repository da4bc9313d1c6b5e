import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import { table } from '../base/table.ts';
import type { Device } from '../devices/device.ts';
import { wasmDevice } from '../devices/wasm/device.ts';
import { bestDevice, nativeDevice } from './native-device.ts';

/** Finds a device by name; it is created on first use. */
export type FindDevice = (name: DeviceName) => Promise<Device>;
/** Creates a device, immediately or after loading its code; it may look up others to delegate to. */
export type MakeDevice = (find: FindDevice) => Device | Promise<Device>;

/** The library's own devices. A page that never uses one need not load it. */
const own = table({
  reference: async () => (await import('../devices/reference/device.ts')).referenceDevice(),
  wasm: () => wasmDevice(),
  webgpu: async () => (await import('../devices/webgpu/device.ts')).webgpuDevice(),
  native: nativeDevice,
}) satisfies Readonly<Record<string, MakeDevice>>;
const registered = new Map<string, MakeDevice>();

/** A device name: one of the library's, a registered one, or `auto`: native code if available, otherwise WebAssembly. */
export type DeviceName = keyof typeof own | 'auto' | (string & Record<never, never>);

/** Registers a device under a name; `make` is called when it is first used. */
export function registerDevice(name: string, make: MakeDevice): void {
  const who = 'config.registerDevice';
  if (typeof name !== 'string' || name === '') fail(who, `${show(name)} is no name`, 'give a text');
  if (typeof make !== 'function')
    fail(
      who,
      `"${name}" comes with ${show(make)}`,
      "give a function that makes the device: () => import('./device.js')…",
    );
  if (registered.has(name) || name in own || name === 'auto')
    fail(who, `there is a device "${name}" already`, 'choose another name');
  registered.set(name, make);
}

const made = new Map<string, Device>();
const wasm = (): Device => made.get('wasm') ?? remember('wasm', wasmDevice());
let first = wasm;
/** The current device; undefined until anything is computed or a device is set. */
export let current: Device | undefined;

/** The device for new tensors and programs: `wasm` unless another was set, or named by HORNBEAM_DEVICE. */
export function currentDevice(): Device {
  current ??= first();
  return current;
}
/** Replaces `wasm` as the device that is used unless one is set; undefined leaves it. */
export function provideFirst(make: (remember: (name: string, device: Device) => Device) => Device | undefined): void {
  first = () => make(remember) ?? wasm();
}

const numbers = new WeakMap<Device, string>();
let count = 0;
/**
 * Distinguishes the current device from all earlier ones, including those of the same name: compiled programs are kept
 * per device.
 */
export function deviceKey(): string {
  const device = currentDevice();
  let key = numbers.get(device);
  if (!key) numbers.set(device, (key = `${device.name}${count++}`));
  return key;
}

/** The device of that name, ready for use. */
export async function deviceNamed(name: DeviceName): Promise<Device> {
  if (name === 'auto') return bestDevice(deviceNamed);
  const make = registered.get(name) ?? (own as Readonly<Record<string, MakeDevice>>)[name];
  if (!make) {
    const names = [...Object.keys(own), 'auto', ...registered.keys()];
    return fail(
      'config.setDevice',
      `unknown device ${show(name)}`,
      `use one of ${names.join(', ')}, or registerDevice`,
    );
  }
  const known = made.get(name);
  const device = known && !known.isLost ? known : remember(name, checked(name, await make(deviceNamed)));
  await device.ready;
  return device;
}

const methods = ['compile', 'upload', 'download', 'copy', 'free'] as const;
/** The created object, once checked to be a device of that name. */
function checked(name: string, device: Device): Device {
  const missing = methods.filter((method) => typeof device?.[method] !== 'function');
  if (missing.length > 0)
    fail('config.setDevice', `what was made for "${name}" has no ${missing.join(', ')}`, 'make a Device');
  if (device.name !== name)
    fail('config.setDevice', `the device made for "${name}" is named ${show(device.name)}`, 'give it its name');
  return device;
}

let isChosen = false;
/** Whether a device was chosen explicitly. */
export const isDeviceChosen = (): boolean => isChosen;

/** Makes it the device for everything that follows. */
export function useDevice(device: Device): void {
  isChosen = true;
  current = device;
}

/** The result of `f`, computed on a device that can be read synchronously. */
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

function remember(name: string, device: Device): Device {
  made.set(name, device);
  return device;
}
