/** Tools of developers, which the core of pages leaves out, as a file beside it. */
export * as coco from '../coco/index.ts';
export * as distillation from '../distillation/index.ts';
export { type LoggedValue, readEvents } from '../formats/events/read-events.ts';
export type { Bucket, HParamValues } from '../formats/events/values.ts';
export { type DistanceOptions, decodeDistancesToBoxes, encodeBoxToDistances } from '../ops/detection/box-distances.ts';
export { type AnchorOptions, generateAnchors } from '../ops/detection/generate-anchors.ts';
export { type Comparison, KerasFileEditor } from '../saving/keras/file-editor.ts';
export { modelToOnnx } from '../saving/onnx/index.ts';
export {
  type HistogramOptions,
  type ImageOptions as SummaryImageOptions,
  SummaryWriter,
  type SummaryWriterOptions,
} from '../training/summary-writer.ts';
export {
  type ComparedLayer,
  type CompareOptions,
  type CompareSide,
  compare,
  type ModelComparison,
} from '../utils/compare/compare.ts';
export { compareScript } from '../utils/compare/script.ts';
export { Config } from '../utils/config.ts';
export { type ActivationMapsOptions, activationMaps } from '../visualize/activation-maps.ts';
export { type FilterPatternsOptions, filterPatterns } from '../visualize/filter-patterns.ts';
export { type GradCamOptions, gradCam } from '../visualize/grad-cam.ts';
export {
  type ModelEdge,
  type ModelGraph,
  type ModelGraphOptions,
  type ModelNode,
  modelGraph,
} from '../visualize/model-graph.ts';
export { type ModelToDotOptions, modelToDot } from '../visualize/model-to-dot.ts';
export { type PrecisionRecallPlotOptions, precisionRecallPlot } from '../visualize/precision-recall.ts';
