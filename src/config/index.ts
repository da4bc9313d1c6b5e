import { setDevice as chooseDevice, currentDevice, type DeviceName } from '../runtime/device.ts';

export {
  epsilon,
  floatx,
  imageDataFormat,
  setEpsilon,
  setFloatx,
  setImageDataFormat,
} from '../base/config.ts';
export { dtypePolicy, setDtypePolicy } from '../base/dtype-policy.ts';

/** Chooses where everything that follows is computed: "wasm" (the default) or "reference". */
export const setDevice = (name: DeviceName): Promise<void> => chooseDevice(name);
/** Name of the device in use. */
export const device = (): DeviceName => currentDevice().name;
/** As `keras.config.backend()`; here the device takes the place of a backend. */
export const backend = (): string => 'hornbeam';
