import './methods.ts';

export { associativeScan } from './core/associative-scan.ts';
export * from './core/basic.ts';
export {
  cond,
  customGradient,
  foriLoop,
  map,
  type ScanOptions,
  scan,
  switch,
  vectorizedMap,
  whileLoop,
} from './core/control.ts';
export { rearrange } from './core/rearrange.ts';
export { scatter, scatterUpdate } from './core/scatter.ts';
export { vectorize } from './core/vectorize.ts';
export {
  boxCiou,
  boxDiou,
  boxGiou,
  boxIou,
  type Detections,
  type NonMaxSuppressionOptions,
  nonMaxSuppression,
  pairwiseIou,
} from './detection/index.ts';
export * as image from './image/index.ts';
export * as linalg from './linalg/index.ts';
export * from './linalg/index.ts';
export { logdet } from './linalg/solve.ts';
export { viewAsComplex, viewAsReal } from './math/complex.ts';
export { cdist, extractSequences } from './math/distance.ts';
export { erf, erfc, erfinv } from './math/erf.ts';
export { fft, fft2, ifft2, irfft, rfft } from './math/fft.ts';
export { segmentMax, segmentMin, segmentProd, segmentSum } from './math/segment.ts';
export { istft, stft } from './math/stft.ts';
export * as nn from './nn/index.ts';
export * from './nn/index.ts';
export * as numpy from './numpy/index.ts';
export * from './numpy/index.ts';
export { logsumexp } from './numpy/reduce.ts';
export { inTopK, topK } from './numpy/sort.ts';
export type { Op } from './op.ts';
