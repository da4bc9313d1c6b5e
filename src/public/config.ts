import { exact } from '../base/exact.ts';
import {
  currentDevice,
  type DeviceName,
  type MakeDevice,
  registerDevice as makeDeviceKnown,
} from '../runtime/device.ts';
import { setDevice as chooseDevice } from '../runtime/set-device.ts';

export {
  disableInteractiveLogging,
  enableInteractiveLogging,
  epsilon,
  floatx,
  imageDataFormat,
  isInteractiveLoggingEnabled,
  maxEpochs,
  maxStepsPerEpoch,
  setEpsilon,
  setFloatx,
  setImageDataFormat,
  setMaxEpochs,
  setMaxStepsPerEpoch,
} from '../base/config.ts';
export { dtypePolicy, setDtypePolicy } from '../base/dtype-policy.ts';
export type { Buffer, Device, Executable, KernelReport, Scope, Timing } from '../devices/device.ts';
export type { Program } from '../ir/program.ts';
export type { DeviceName, FindDevice, MakeDevice } from '../runtime/device.ts';

/**
 * Chooses where everything that follows is computed: "wasm" (the default), "native" (machine code; in Node on Linux with an
 * x86-64 processor that has AVX2, with the package `koffi`), "auto" ("native" where it can be had, else "wasm"; says once which),
 * "webgpu" (a GPU; in Node with the package `webgpu`) or "reference". Tensors made before move over when they are used. In Node
 * the environment variable HORNBEAM_DEVICE names a device too, unless `setDevice` is called: "native" and "auto" hold from the
 * first op on, others are chosen by the first `fit`, `evaluate`, `predict` or batch of training.
 */
export const setDevice = exact('config.setDevice', 1, (name: DeviceName): Promise<void> => chooseDevice(name));
/**
 * Makes your own device known to `setDevice`. `make` is called when the device is first chosen, so its code can load then;
 * it is given a function that finds other devices.
 * @example keras.config.registerDevice('mine', async (find) => ({ ...(await find('reference')), name: 'mine' }))
 */
export const registerDevice = exact('config.registerDevice', 2, (name: string, make: MakeDevice): void =>
  makeDeviceKnown(name, make),
);
/** Name of the device in use. */
export const device = exact('config.device', 0, (): string => currentDevice().name);
/** As `keras.config.backend()`; here, the device corresponds to the backend. */
export const backend = exact('config.backend', 0, (): string => 'hornbeam');
