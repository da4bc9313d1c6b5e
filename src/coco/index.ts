/** COCO average precision on plain numbers: no tensors, no models. */
export { CocoAccumulator, type CocoResultOptions } from './accumulator.ts';
export { type BatchImage, type BatchInput, type BatchOptions, type NumberArray, readDetectionBatch } from './batch.ts';
export { type BoxFormat, boxFormats, fromXywh, type ImageSize, toXywh } from './box-format.ts';
export type { Detections, Truths } from './columns.ts';
export { type CocoData, type EvaluateOptions, evaluate } from './evaluate.ts';
export {
  type CocoAnnotations,
  type CocoCategory,
  type CocoDetections,
  type CocoImage,
  type LoadOptions,
  loadAnnotations,
  loadDetections,
} from './load.ts';
export * as mask from './mask/index.ts';
export type { MaskLike, Rle } from './mask/run-lengths.ts';
export type { CocoOptions, CocoParameters, IouType } from './params.ts';
export type { CocoCurves, CocoMatches, CocoResult } from './result.ts';
export { type SummaryTableOptions, statNames, summaryTable } from './summary.ts';
