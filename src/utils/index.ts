export {
  customObjectScope,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  registerKerasSerializable,
} from '../base/serialize.ts';
export { setRandomSeed } from '../random/index.ts';
export * as boundingBoxes from './bounding-boxes.ts';
