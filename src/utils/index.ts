export {
  customObjectScope,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from '../base/serialize.ts';
export { setRandomSeed } from '../random/index.ts';
export { type ModelToDotOptions, modelToDot } from '../visualize/model-to-dot.ts';
export { type PlotModelOptions, plotModel } from '../visualize/plot-model.ts';
export * as boundingBoxes from './bounding-boxes.ts';
