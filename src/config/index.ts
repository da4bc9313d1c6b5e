import { currentDevice, type DeviceName } from '../runtime/device.ts';
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

/**
 * Chooses where everything that follows is computed: "wasm" (the default), "webgpu" (a GPU; in Node with the package
 * `webgpu`) or "reference". Tensors made before move over when they are used.
 */
export const setDevice = (name: DeviceName): Promise<void> => chooseDevice(name);
/** Name of the device in use. */
export const device = (): DeviceName => currentDevice().name;
/** As `keras.config.backend()`; here the device takes the place of a backend. */
export const backend = (): string => 'hornbeam';
