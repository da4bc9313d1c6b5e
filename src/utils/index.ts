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
} from '../base/serialize.ts';
export { deserializeKerasObject, serializeKerasObject } from '../models/saving.ts';
export { setRandomSeed } from '../random/global-seed.ts';
export { Progbar, type ProgbarOptions } from '../training/progbar.ts';
export { type ModelToDotOptions, modelToDot } from '../visualize/model-to-dot.ts';
export { plotModel } from '../visualize/pictures.ts';
export type { PlotModelOptions } from '../visualize/plot-model.ts';
export { type NormalizeOptions, normalize, type ToCategoricalOptions, toCategorical } from './arrays.ts';
export { type PackOptions, packXYSampleWeight, unpackXYSampleWeight } from './batches.ts';
export * as boundingBoxes from './bounding-boxes.ts';
export { clearSession, standardizeDtype } from './session.ts';
export { getSourceInputs, isKerasTensor } from './symbolic.ts';
