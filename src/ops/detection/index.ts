export { type DistanceOptions, decodeDistancesToBoxes, encodeBoxToDistances } from './box-distances.ts';
export {
  type BoxFormat,
  boxFormats,
  clipToImageSize,
  computeCiou,
  computeIou,
  convertFormat,
  type DeltaOptions,
  decodeDeltasToBoxes,
  encodeBoxToDeltas,
  type ImageSize,
} from './box-formats.ts';
export { boxCiou, boxDiou, boxGiou, boxIou, pairwiseIou } from './box-overlap.ts';
export { type AnchorOptions, generateAnchors } from './generate-anchors.ts';
export { affineTransform, crop, pad } from './move-boxes.ts';
export { type Detections, type NonMaxSuppressionOptions, nonMaxSuppression } from './non-max-suppression.ts';
