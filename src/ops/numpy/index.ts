export { array, copy, ndim, size } from '../core/basic.ts';
export { vectorize } from '../core/vectorize.ts';
export { slogdet } from '../linalg/solve.ts';
export * from './arithmetic.ts';
export { i0 } from './bessel.ts';
export * from './bitwise.ts';
export { clip } from './clip.ts';
export * from './compare.ts';
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
} from './create.ts';
export { cumprod, cumsum, nancumprod, nancumsum } from './cumulative.ts';
export { bincount, nonzero, unique } from './dynamic.ts';
export { einsum } from './einsum.ts';
export { getItem, type Key, type Range, select, take, takeAlongAxis, where } from './indexing.ts';
export { dot, inner, matmul, outer, tensordot, vdot } from './linear.ts';
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
} from './matrix.ts';
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
} from './nan.ts';
export { type PadOptions, pad } from './pad.ts';
export { allclose, histogram, isin, unravelIndex } from './positions.ts';
export {
  median,
  nanmedian,
  nanpercentile,
  nanquantile,
  percentile,
  type QuantileOptions,
  quantile,
} from './quantile.ts';
export * from './real.ts';
export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  countNonzero,
  max,
  mean,
  min,
  prod,
  ptp,
  type ReduceOptions,
  std,
  sum,
  var,
} from './reduce.ts';
export { append, average, diff, geomspace, heaviside, logspace, trapezoid } from './series.ts';
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
} from './shape.ts';
export { argpartition, argsort, digitize, searchsorted, sort } from './sort.ts';
export { arraySplit, dsplit, dstack, hsplit, hstack, vsplit, vstack } from './stacks.ts';
export * from './unary.ts';
export { view } from './view.ts';
export { bartlett, blackman, hamming, hanning, kaiser } from './windows.ts';
