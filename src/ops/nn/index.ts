export { normalize } from '../linalg/norm.ts';
export * from './activations.ts';
export { adaptiveAveragePool, adaptiveMaxPool } from './adaptive-pool.ts';
export { type AttentionOptions, dotProductAttention } from './attention.ts';
export { depthToSpace, spaceToDepth } from './blocks.ts';
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  convTranspose,
  depthwiseConv,
  separableConv,
} from './conv.ts';
export { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from './crossentropy.ts';
export { ctcDecode, ctcLoss } from './ctc.ts';
export { multiHot, oneHot } from './encoding.ts';
export { batchNormalization, layerNormalization, moments, rmsNormalization } from './normalization.ts';
export { fold, unfold } from './patches.ts';
export { averagePool, maxPool, type PoolOptions } from './pool.ts';
export { polar, psnr } from './psnr.ts';
export { logSoftmax, softmax } from './softmax.ts';
export { sparsemax } from './sparsemax.ts';
