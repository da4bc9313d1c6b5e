import { Activation } from './activations/activation.ts';
import { ELU } from './activations/elu.ts';
import { LeakyReLU } from './activations/leaky-relu.ts';
import { PReLU } from './activations/prelu.ts';
import { ReLU } from './activations/relu.ts';
import { Softmax } from './activations/softmax.ts';
import { AdditiveAttention } from './attention/additive-attention.ts';
import { Attention } from './attention/attention.ts';
import { GroupQueryAttention } from './attention/group-query-attention.ts';
import { MultiHeadAttention } from './attention/multi-head-attention.ts';
import { Conv1D } from './convolutional/conv1d.ts';
import { Conv1DTranspose } from './convolutional/conv1d-transpose.ts';
import { Conv2D } from './convolutional/conv2d.ts';
import { Conv2DTranspose } from './convolutional/conv2d-transpose.ts';
import { Conv3D } from './convolutional/conv3d.ts';
import { Conv3DTranspose } from './convolutional/conv3d-transpose.ts';
import { DepthwiseConv1D } from './convolutional/depthwise-conv1d.ts';
import { DepthwiseConv2D } from './convolutional/depthwise-conv2d.ts';
import { SeparableConv1D } from './convolutional/separable-conv1d.ts';
import { SeparableConv2D } from './convolutional/separable-conv2d.ts';
import { Dense } from './core/dense.ts';
import { EinsumDense } from './core/einsum-dense.ts';
import { Embedding } from './core/embedding.ts';
import { Identity } from './core/identity.ts';
import { InputLayer } from './core/input-layer.ts';
import { Lambda } from './core/lambda.ts';
import { Masking } from './core/masking.ts';
import { ReversibleEmbedding } from './core/reversible-embedding.ts';
import { Wrapper } from './core/wrapper.ts';
import { Add } from './merging/add.ts';
import { Average } from './merging/average.ts';
import { Concatenate } from './merging/concatenate.ts';
import { Dot } from './merging/dot.ts';
import { Maximum } from './merging/maximum.ts';
import { Minimum } from './merging/minimum.ts';
import { Multiply } from './merging/multiply.ts';
import { Subtract } from './merging/subtract.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { GroupNormalization } from './normalization/group-normalization.ts';
import { LayerNormalization } from './normalization/layer-normalization.ts';
import { RMSNormalization } from './normalization/rms-normalization.ts';
import { SpectralNormalization } from './normalization/spectral-normalization.ts';
import { UnitNormalization } from './normalization/unit-normalization.ts';
import { AdaptiveAveragePooling1D } from './pooling/adaptive-average-pooling1d.ts';
import { AdaptiveAveragePooling2D } from './pooling/adaptive-average-pooling2d.ts';
import { AdaptiveAveragePooling3D } from './pooling/adaptive-average-pooling3d.ts';
import { AdaptiveMaxPooling1D } from './pooling/adaptive-max-pooling1d.ts';
import { AdaptiveMaxPooling2D } from './pooling/adaptive-max-pooling2d.ts';
import { AdaptiveMaxPooling3D } from './pooling/adaptive-max-pooling3d.ts';
import { AveragePooling1D } from './pooling/average-pooling1d.ts';
import { AveragePooling2D } from './pooling/average-pooling2d.ts';
import { AveragePooling3D } from './pooling/average-pooling3d.ts';
import { GlobalAveragePooling1D } from './pooling/global-average-pooling1d.ts';
import { GlobalAveragePooling2D } from './pooling/global-average-pooling2d.ts';
import { GlobalAveragePooling3D } from './pooling/global-average-pooling3d.ts';
import { GlobalMaxPooling1D } from './pooling/global-max-pooling1d.ts';
import { GlobalMaxPooling2D } from './pooling/global-max-pooling2d.ts';
import { GlobalMaxPooling3D } from './pooling/global-max-pooling3d.ts';
import { MaxPooling1D } from './pooling/max-pooling1d.ts';
import { MaxPooling2D } from './pooling/max-pooling2d.ts';
import { MaxPooling3D } from './pooling/max-pooling3d.ts';
import { CategoryEncoding } from './preprocessing/category-encoding.ts';
import { Normalization } from './preprocessing/normalization.ts';
import { Rescaling } from './preprocessing/rescaling.ts';
import { ActivityRegularization } from './regularization/activity-regularization.ts';
import { AlphaDropout } from './regularization/alpha-dropout.ts';
import { Dropout } from './regularization/dropout.ts';
import { GaussianDropout } from './regularization/gaussian-dropout.ts';
import { GaussianNoise } from './regularization/gaussian-noise.ts';
import { SpatialDropout1D } from './regularization/spatial-dropout1d.ts';
import { SpatialDropout2D } from './regularization/spatial-dropout2d.ts';
import { SpatialDropout3D } from './regularization/spatial-dropout3d.ts';
import { Cropping1D } from './reshaping/cropping1d.ts';
import { Cropping2D } from './reshaping/cropping2d.ts';
import { Cropping3D } from './reshaping/cropping3d.ts';
import { Flatten } from './reshaping/flatten.ts';
import { Permute } from './reshaping/permute.ts';
import { RepeatVector } from './reshaping/repeat-vector.ts';
import { Reshape } from './reshaping/reshape.ts';
import { UpSampling1D } from './reshaping/up-sampling1d.ts';
import { UpSampling2D } from './reshaping/up-sampling2d.ts';
import { UpSampling3D } from './reshaping/up-sampling3d.ts';
import { ZeroPadding1D } from './reshaping/zero-padding1d.ts';
import { ZeroPadding2D } from './reshaping/zero-padding2d.ts';
import { ZeroPadding3D } from './reshaping/zero-padding3d.ts';
import { Bidirectional } from './rnn/bidirectional.ts';
import { ConvLSTM1D } from './rnn/conv-lstm1d.ts';
import { ConvLSTM2D } from './rnn/conv-lstm2d.ts';
import { ConvLSTM3D } from './rnn/conv-lstm3d.ts';
import { GRU } from './rnn/gru.ts';
import { GRUCell } from './rnn/gru-cell.ts';
import { LSTM } from './rnn/lstm.ts';
import { LSTMCell } from './rnn/lstm-cell.ts';
import { RNN } from './rnn/rnn.ts';
import { SimpleRNN } from './rnn/simple-rnn.ts';
import { SimpleRNNCell } from './rnn/simple-rnn-cell.ts';
import { StackedRNNCells } from './rnn/stacked-rnn-cells.ts';
import { TimeDistributed } from './rnn/time-distributed.ts';

export { Input } from './core/input-layer.ts';
export type { CallOptions } from './layer/call-context.ts';
export { InputSpec } from './layer/input-spec.ts';
export { Layer, type LayerOptions, type WeightOptions } from './layer/layer.ts';
export { add, average, concatenate, dot, maximum, minimum, multiply, subtract } from './merging/functions.ts';
export { deserialize, serialize } from './nested-layer.ts';
export {
  Activation,
  ActivityRegularization,
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  Add,
  AdditiveAttention,
  AlphaDropout,
  Attention,
  Average,
  AveragePooling1D,
  AveragePooling1D as AvgPool1D,
  AveragePooling2D,
  AveragePooling2D as AvgPool2D,
  AveragePooling3D,
  AveragePooling3D as AvgPool3D,
  BatchNormalization,
  Bidirectional,
  CategoryEncoding,
  Concatenate,
  Conv1D,
  Conv1D as Convolution1D,
  Conv1DTranspose,
  Conv1DTranspose as Convolution1DTranspose,
  Conv2D,
  Conv2D as Convolution2D,
  Conv2DTranspose,
  Conv2DTranspose as Convolution2DTranspose,
  Conv3D,
  Conv3D as Convolution3D,
  Conv3DTranspose,
  Conv3DTranspose as Convolution3DTranspose,
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  Cropping1D,
  Cropping2D,
  Cropping3D,
  Dense,
  DepthwiseConv1D,
  DepthwiseConv2D,
  Dot,
  Dropout,
  EinsumDense,
  ELU,
  Embedding,
  Flatten,
  GaussianDropout,
  GaussianNoise,
  GlobalAveragePooling1D,
  GlobalAveragePooling1D as GlobalAvgPool1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling2D as GlobalAvgPool2D,
  GlobalAveragePooling3D,
  GlobalAveragePooling3D as GlobalAvgPool3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling1D as GlobalMaxPool1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling2D as GlobalMaxPool2D,
  GlobalMaxPooling3D,
  GlobalMaxPooling3D as GlobalMaxPool3D,
  GRU,
  GRUCell,
  GroupNormalization,
  GroupQueryAttention,
  Identity,
  InputLayer,
  Lambda,
  LayerNormalization,
  LeakyReLU,
  LSTM,
  LSTMCell,
  Masking,
  Maximum,
  MaxPooling1D,
  MaxPooling1D as MaxPool1D,
  MaxPooling2D,
  MaxPooling2D as MaxPool2D,
  MaxPooling3D,
  MaxPooling3D as MaxPool3D,
  Minimum,
  MultiHeadAttention,
  Multiply,
  Normalization,
  Permute,
  PReLU,
  ReLU,
  RepeatVector,
  Rescaling,
  Reshape,
  ReversibleEmbedding,
  RMSNormalization,
  RNN,
  SeparableConv1D,
  SeparableConv1D as SeparableConvolution1D,
  SeparableConv2D,
  SeparableConv2D as SeparableConvolution2D,
  SimpleRNN,
  SimpleRNNCell,
  Softmax,
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  SpectralNormalization,
  StackedRNNCells,
  Subtract,
  TimeDistributed,
  UnitNormalization,
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  Wrapper,
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
};
