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
export { normalize } from './linalg/norm.ts';
export { logdet, slogdet } from './linalg/solve.ts';
export { cdist, extractSequences } from './math/distance.ts';
export { erf, erfc, erfinv } from './math/erf.ts';
export { fft, fft2, ifft2, irfft, rfft } from './math/fft.ts';
export { segmentMax, segmentMin, segmentProd, segmentSum } from './math/segment.ts';
export { istft, stft } from './math/stft.ts';
export {
  celu,
  elu,
  gelu,
  glu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softShrink,
  softsign,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  swish,
  tanhShrink,
  threshold,
} from './nn/activations.ts';
export { adaptiveAveragePool, adaptiveMaxPool } from './nn/adaptive-pool.ts';
export { type AttentionOptions, dotProductAttention } from './nn/attention.ts';
export { depthToSpace, spaceToDepth } from './nn/blocks.ts';
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv,
  convTranspose,
  depthwiseConv,
  separableConv,
} from './nn/conv.ts';
export { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from './nn/crossentropy.ts';
export { ctcDecode, ctcLoss } from './nn/ctc.ts';
export { multiHot, oneHot } from './nn/encoding.ts';
export { batchNormalization, layerNormalization, moments, rmsNormalization } from './nn/normalization.ts';
export { fold, unfold } from './nn/patches.ts';
export { averagePool, maxPool, type PoolOptions } from './nn/pool.ts';
export { polar, psnr } from './nn/psnr.ts';
export { logSoftmax, softmax } from './nn/softmax.ts';
export { sparsemax } from './nn/sparsemax.ts';
export * from './numpy/arithmetic.ts';
export { i0 } from './numpy/bessel.ts';
export * from './numpy/bitwise.ts';
export { clip } from './numpy/clip.ts';
export * from './numpy/compare.ts';
export {
  arange,
  empty,
  emptyLike,
  eye,
  full,
  fullLike,
  identity,
  linspace,
  meshgrid,
  ones,
  onesLike,
  tri,
  tril,
  triu,
  zeros,
  zerosLike,
} from './numpy/create.ts';
export { cumprod, cumsum, nancumprod, nancumsum } from './numpy/cumulative.ts';
export { bincount, nonzero, unique } from './numpy/dynamic.ts';
export { einsum } from './numpy/einsum.ts';
export { getItem, type Key, type Range, select, take, takeAlongAxis, where } from './numpy/indexing.ts';
export { dot, inner, matmul, outer, tensordot, vdot } from './numpy/linear.ts';
export {
  corrcoef,
  correlate,
  cross,
  diag,
  diagflat,
  diagonal,
  fliplr,
  flipud,
  kron,
  rot90,
  trace,
  vander,
} from './numpy/matrix.ts';
export {
  nanargmax,
  nanargmin,
  nanmax,
  nanmean,
  nanmin,
  nanprod,
  nanstd,
  nansum,
  nanToNum,
  nanvar,
} from './numpy/nan.ts';
export { type PadOptions, pad } from './numpy/pad.ts';
export { allclose, histogram, isin, unravelIndex } from './numpy/positions.ts';
export {
  median,
  nanmedian,
  nanpercentile,
  nanquantile,
  percentile,
  type QuantileOptions,
  quantile,
} from './numpy/quantile.ts';
export * from './numpy/real.ts';
export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  countNonzero,
  logsumexp,
  max,
  mean,
  min,
  prod,
  ptp,
  type ReduceOptions,
  std,
  sum,
  var,
} from './numpy/reduce.ts';
export { append, average, diff, geomspace, heaviside, logspace, trapezoid } from './numpy/series.ts';
export {
  broadcastTo,
  concatenate,
  expandDims,
  flip,
  moveaxis,
  ravel,
  repeat,
  reshape,
  roll,
  split,
  squeeze,
  stack,
  swapaxes,
  tile,
  transpose,
  unstack,
} from './numpy/shape.ts';
export { argpartition, argsort, digitize, inTopK, searchsorted, sort, topK } from './numpy/sort.ts';
export { arraySplit, dsplit, dstack, hsplit, hstack, vsplit, vstack } from './numpy/stacks.ts';
export * from './numpy/unary.ts';
export { view } from './numpy/view.ts';
export { bartlett, blackman, hamming, hanning, kaiser } from './numpy/windows.ts';
export { type Op, OpNode, op } from './op.ts';
