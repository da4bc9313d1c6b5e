import { table } from '../../base/table.ts';

/** What tfjs 4.22 has of a layer. */
export interface TfjsLayer {
  /** The options that it takes under the same names. */
  readonly takes: readonly string[];
  /** Options that are named otherwise there. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** The values that an option may have, where there are not all of them. */
  readonly only?: Readonly<Record<string, readonly unknown[]>>;
}

const weights = (...names: string[]): string[] =>
  names.flatMap((name) => [`${name}_initializer`, `${name}_regularizer`, `${name}_constraint`]);
const dense = ['activation', 'use_bias', ...weights('kernel', 'bias')];
const window = ['kernel_size', 'strides', 'padding', 'data_format'];
const conv = ['filters', ...window, ...dense];
const pool = ['pool_size', 'strides', 'padding', 'data_format'];
const cell = [
  'units',
  'activation',
  'use_bias',
  'dropout',
  'recurrent_dropout',
  ...weights('kernel', 'recurrent', 'bias'),
];
const rnn = ['return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll'];
const gates = ['recurrent_activation'];
const lastChannels = { data_format: ['channels_last'] };
const noReset = { reset_after: [false] };

const pooled = (): TfjsLayer => ({ takes: pool });
const flatPooled = (): TfjsLayer => ({ takes: ['pool_size', 'strides', 'padding'], only: lastChannels });
const merging = (...takes: string[]): TfjsLayer => ({ takes });

/**
 * The layers of tfjs, in the names of Keras. What they do not take must have the value at which it does nothing. Left out is
 * what gives other numbers there, or none: bilinear UpSampling2D (corners lie elsewhere), CenterCrop and Resizing (they fail on batches),
 * regularizers of activities (refused when the layer is called).
 */
export const tfjsLayers: Readonly<Record<string, TfjsLayer>> = table({
  Activation: { takes: ['activation'] },
  Add: merging(),
  AlphaDropout: { takes: ['rate', 'noise_shape'] },
  Average: merging(),
  AveragePooling1D: flatPooled(),
  AveragePooling2D: pooled(),
  AveragePooling3D: pooled(),
  BatchNormalization: {
    takes: [
      'axis',
      'momentum',
      'epsilon',
      'center',
      'scale',
      ...weights('beta', 'gamma', 'moving_mean', 'moving_variance'),
    ],
  },
  Bidirectional: { takes: ['layer', 'merge_mode'] },
  CategoryEncoding: { takes: ['num_tokens', 'output_mode'] },
  Concatenate: merging('axis'),
  Conv1D: { takes: [...conv, 'dilation_rate'], only: { padding: ['valid', 'same'] } },
  Conv2D: { takes: [...conv, 'dilation_rate'] },
  Conv2DTranspose: { takes: conv },
  Conv3D: { takes: [...conv, 'dilation_rate'] },
  Conv3DTranspose: { takes: conv },
  ConvLSTM2D: {
    takes: [...window, 'dilation_rate', 'filters', ...cell, ...rnn, ...gates, 'unit_forget_bias'],
  },
  Cropping2D: { takes: ['cropping', 'data_format'] },
  Dense: { takes: ['units', ...dense] },
  DepthwiseConv2D: {
    takes: [...window, 'dilation_rate', 'depth_multiplier', ...dense, ...weights('depthwise')],
  },
  Dot: merging('axes', 'normalize'),
  Dropout: { takes: ['rate', 'noise_shape'] },
  ELU: { takes: ['alpha'], only: { alpha: [1] } },
  Embedding: {
    takes: ['input_dim', 'output_dim', 'mask_zero', ...weights('embeddings')],
  },
  Flatten: { takes: ['data_format'] },
  GRU: { takes: ['units', ...cell, ...rnn, ...gates, 'reset_after'], only: noReset },
  GRUCell: { takes: ['units', ...cell, ...gates, 'reset_after'], only: noReset },
  GaussianDropout: { takes: ['rate'] },
  GaussianNoise: { takes: ['stddev'] },
  GlobalAveragePooling1D: { takes: [], only: lastChannels },
  GlobalAveragePooling2D: { takes: ['data_format'] },
  GlobalMaxPooling1D: { takes: [], only: lastChannels },
  GlobalMaxPooling2D: { takes: ['data_format'] },
  InputLayer: { takes: [] },
  LSTM: { takes: ['units', ...cell, ...rnn, ...gates, 'unit_forget_bias'] },
  LSTMCell: { takes: ['units', ...cell, ...gates, 'unit_forget_bias'] },
  LayerNormalization: { takes: ['axis', 'epsilon', 'center', 'scale', ...weights('beta', 'gamma')] },
  LeakyReLU: { takes: [], renamed: { negative_slope: 'alpha' } },
  Masking: { takes: ['mask_value'] },
  MaxPooling1D: flatPooled(),
  MaxPooling2D: pooled(),
  MaxPooling3D: pooled(),
  Maximum: merging(),
  Minimum: merging(),
  Multiply: merging(),
  PReLU: { takes: ['shared_axes', ...weights('alpha')] },
  Permute: { takes: ['dims'] },
  RNN: { takes: ['cell', ...rnn] },
  ReLU: { takes: ['max_value'] },
  RepeatVector: { takes: ['n'] },
  Rescaling: { takes: ['scale', 'offset'] },
  Reshape: { takes: ['target_shape'] },
  SeparableConv2D: {
    takes: ['filters', ...window, 'dilation_rate', 'depth_multiplier', ...dense, ...weights('depthwise', 'pointwise')],
  },
  SimpleRNN: { takes: ['units', ...cell, ...rnn] },
  SimpleRNNCell: { takes: ['units', ...cell] },
  Softmax: { takes: ['axis'], only: { axis: [-1] } },
  SpatialDropout1D: { takes: ['rate'] },
  StackedRNNCells: { takes: ['cells'] },
  TimeDistributed: { takes: ['layer'] },
  UpSampling2D: { takes: ['size', 'data_format', 'interpolation'], only: { interpolation: ['nearest'] } },
  ZeroPadding2D: { takes: ['padding', 'data_format'] },
});

/** The activations of tfjs, by their names in Keras 3. */
export const tfjsActivations: Readonly<Record<string, string>> = table({
  elu: 'elu',
  gelu: 'gelu',
  keras2_hard_sigmoid: 'hard_sigmoid',
  linear: 'linear',
  log_softmax: 'log_softmax',
  mish: 'mish',
  relu: 'relu',
  relu6: 'relu6',
  selu: 'selu',
  sigmoid: 'sigmoid',
  silu: 'swish',
  softmax: 'softmax',
  softplus: 'softplus',
  softsign: 'softsign',
  swish: 'swish',
  tanh: 'tanh',
});
/** The initializers of tfjs, and their options. */
export const tfjsInitializers: Readonly<Record<string, readonly string[]>> = table({
  Constant: ['value'],
  GlorotNormal: [],
  GlorotUniform: [],
  HeNormal: [],
  HeUniform: [],
  Identity: ['gain'],
  Ones: [],
  Orthogonal: ['gain'],
  RandomNormal: ['mean', 'stddev'],
  RandomUniform: ['minval', 'maxval'],
  TruncatedNormal: ['mean', 'stddev'],
  Zeros: [],
});
export const tfjsConstraints: Readonly<Record<string, readonly string[]>> = table({
  MaxNorm: ['max_value', 'axis'],
  MinMaxNorm: ['min_value', 'max_value', 'rate', 'axis'],
  NonNeg: [],
  UnitNorm: ['axis'],
});

/** Values at which options that tfjs does not have do nothing. */
export const neutral: Readonly<Record<string, readonly unknown[]>> = table({
  groups: [1],
  negative_slope: [0],
  threshold: [0],
  dilation_rate: [1],
  data_format: ['channels_last'],
});
/** Options that concern neither the numbers of a prediction nor those of training in tfjs. */
export const unneeded: readonly string[] = [
  'autocast',
  'build_input_shape',
  'dtype',
  'fill_mode',
  'fill_value',
  'lora_alpha',
  'lora_rank',
  'quantization_config',
  'renorm_clipping',
  'renorm_momentum',
  'seed',
  'synchronized',
];
