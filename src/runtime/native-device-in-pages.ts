import type { Device } from '../devices/device.ts';

/** There is none; whoever wants machine code computes on WebAssembly. */
export const nativeDevice = undefined;
export const bestDevice = (find: (name: 'wasm') => Promise<Device>): Promise<Device> => find('wasm');
