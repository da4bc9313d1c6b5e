export {
  disableInteractiveLogging,
  enableInteractiveLogging,
  isInteractiveLoggingEnabled,
} from '../base/config.ts';
export {
  customObjectScope,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from '../base/registry/serialize.ts';
export { setRandomSeed } from '../random/global-seed.ts';
export { Progbar, type ProgbarOptions } from '../training/progbar.ts';
export { type NormalizeOptions, normalize, type ToCategoricalOptions, toCategorical } from '../utils/arrays.ts';
export { type PackOptions, packXYSampleWeight, unpackXYSampleWeight } from '../utils/batches.ts';
export * as boundingBoxes from '../utils/bounding-boxes.ts';
export { clearSession, standardizeDtype } from '../utils/session.ts';
export { getSourceInputs, isKerasTensor } from '../utils/symbolic.ts';
export { plotModel } from '../visualize/pictures.ts';
export type { PlotModelOptions } from '../visualize/plot-model.ts';
export { deserializeKerasObject, serializeKerasObject } from './page-saving.ts';
