import type { Device } from '../devices/device.ts';

/** There is no native device in pages; WebAssembly is used instead. */
export const nativeDevice = undefined;
export const bestDevice = (find: (name: 'wasm') => Promise<Device>): Promise<Device> => find('wasm');
