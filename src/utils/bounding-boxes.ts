export {
  affineTransform,
  clipToImageSize,
  computeCiou,
  computeIou,
  convertFormat,
  crop,
  decodeDeltasToBoxes,
  encodeBoxToDeltas,
  pad,
} from '../ops/detection/index.ts';
