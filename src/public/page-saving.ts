/** What `keras.saving` is in pages: the functions of files and configs; those that make models know all classes of models. */

export { deserializeKerasObject, loadModel, modelFromConfig, modelFromKeras } from '../models/load.ts';
export {
  type Config,
  type CustomObjects,
  customObjectScope,
  type ExportOptions,
  type FileSource,
  getCustomObjects,
  getRegisteredName,
  getRegisteredObject,
  type LoadModelOptions,
  type LoadWeightsOptions,
  loadWeights,
  type ModelSource,
  modelToKeras,
  type OnnxModel,
  type Place,
  registerKerasSerializable,
  removeFile,
  type SavedModel,
  type SaveOptions,
  type SaveWeightsOptions,
  saveModel,
  saveWeights,
  serializeKerasObject,
  storedFiles,
} from '../saving/index.ts';
