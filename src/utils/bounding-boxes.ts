export {
  clipToImageSize,
  computeCiou,
  computeIou,
  convertFormat,
  decodeDeltasToBoxes,
  encodeBoxToDeltas,
} from '../ops/detection/index.ts';
