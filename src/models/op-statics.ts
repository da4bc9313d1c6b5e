/** An op's options as Keras's operation class keeps them: those that are positional here, and what Keras writes if nothing is given. */
export interface Statics {
  /** Names of positional arguments that belong to the class, by position. */
  readonly positional?: Readonly<Record<number, string>>;
  /** Options with Keras's defaults. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}
const reduction: Statics = { defaults: { axis: null, keepdims: false } };
const onAxis = (axis: number | null): Statics => ({ defaults: { axis } });
const at1 = (name: string, defaults?: Statics['defaults']): Statics => ({
  positional: { 1: name },
  ...(defaults && { defaults }),
});

/** Ops of which Keras's class has options, by our name. All others have none but their name. */
export const statics: Readonly<Record<string, Statics>> = {
  ...Object.fromEntries(
    ['sum', 'mean', 'max', 'min', 'prod', 'std', 'var', 'any', 'all', 'amax', 'amin', 'logsumexp'].map((name) => [
      name,
      reduction,
    ]),
  ),
  argmax: reduction,
  argmin: reduction,
  softmax: onAxis(-1),
  logSoftmax: onAxis(-1),
  squeeze: onAxis(null),
  concatenate: onAxis(0),
  stack: onAxis(0),
  flip: onAxis(null),
  cumsum: onAxis(null),
  cumprod: onAxis(null),
  sort: onAxis(-1),
  take: onAxis(null),
  transpose: { defaults: { axes: null } },
  expandDims: at1('axis'),
  reshape: at1('newshape'),
  broadcastTo: at1('shape'),
  tile: at1('repeats'),
  cast: at1('dtype'),
  repeat: at1('repeats', { axis: null }),
  split: at1('indices_or_sections', { axis: 0 }),
  roll: at1('shift', { axis: null }),
  oneHot: at1('num_classes', { axis: -1, dtype: null, sparse: false }),
  swapaxes: { positional: { 1: 'axis1', 2: 'axis2' } },
  moveaxis: { positional: { 1: 'source', 2: 'destination' } },
  einsum: { positional: { 0: 'subscripts' } },
  leakyRelu: { defaults: { negative_slope: 0.2 } },
  gelu: { defaults: { approximate: true } },
  elu: { defaults: { alpha: 1 } },
  celu: { defaults: { alpha: 1 } },
};

const inNn = new Set(
  (
    'celu elu gelu glu hardShrink hardSigmoid hardSilu hardSwish hardTanh leakyRelu logSigmoid relu relu6 selu sigmoid silu ' +
    'softplus softShrink softsign sparsePlus sparseSigmoid squareplus swish tanhShrink threshold softmax logSoftmax sparsemax ' +
    'oneHot multiHot averagePool maxPool conv convTranspose depthwiseConv separableConv moments binaryCrossentropy ' +
    'categoricalCrossentropy sparseCategoricalCrossentropy batchNormalization layerNormalization rmsNormalization dotProductAttention'
  ).split(' '),
);
const inCore = new Set(['cast', 'saturateCast', 'convertToTensor', 'stopGradient', 'slice', 'sliceUpdate', 'scatter']);
const inMath = new Set(
  'logsumexp segmentMax segmentSum inTopK topK extractSequences fft fft2 ifft2 rfft irfft stft istft erf erfinv rsqrt'.split(
    ' ',
  ),
);
/** The module of Keras in which an op's class stands. */
export const moduleOf = (opName: string): string =>
  `keras.src.ops.${inNn.has(opName) ? 'nn' : inCore.has(opName) ? 'core' : inMath.has(opName) ? 'math' : 'numpy'}`;
