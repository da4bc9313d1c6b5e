import { registerModule, type SerializableClass } from '../base/serialize.ts';
import { Activation } from './activations/activation.ts';
import { ELU } from './activations/elu.ts';
import { LeakyReLU } from './activations/leaky-relu.ts';
import { PReLU } from './activations/prelu.ts';
import { ReLU } from './activations/relu.ts';
import { Softmax } from './activations/softmax.ts';
import { Conv1D } from './convolutional/conv1d.ts';
import { Conv2D } from './convolutional/conv2d.ts';
import { Conv3D } from './convolutional/conv3d.ts';
import { Dense } from './core/dense.ts';
import { Identity } from './core/identity.ts';
import { InputLayer } from './core/input-layer.ts';
import { Add } from './merging/add.ts';
import { Average } from './merging/average.ts';
import { Concatenate } from './merging/concatenate.ts';
import { Maximum } from './merging/maximum.ts';
import { Minimum } from './merging/minimum.ts';
import { Multiply } from './merging/multiply.ts';
import { Subtract } from './merging/subtract.ts';
import { BatchNormalization } from './normalization/batch-normalization.ts';
import { GroupNormalization } from './normalization/group-normalization.ts';
import { LayerNormalization } from './normalization/layer-normalization.ts';
import { RMSNormalization } from './normalization/rms-normalization.ts';
import { UnitNormalization } from './normalization/unit-normalization.ts';
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
import { Dropout } from './regularization/dropout.ts';
import { Flatten } from './reshaping/flatten.ts';

export type { CallOptions } from './call-context.ts';
export { Input } from './core/input-layer.ts';
export type { InputSpec } from './input-spec.ts';
export { Layer, type LayerOptions, type WeightOptions } from './layer.ts';
export {
  Activation,
  Add,
  Average,
  AveragePooling1D,
  AveragePooling1D as AvgPool1D,
  AveragePooling2D,
  AveragePooling2D as AvgPool2D,
  AveragePooling3D,
  AveragePooling3D as AvgPool3D,
  BatchNormalization,
  Concatenate,
  Conv1D,
  Conv1D as Convolution1D,
  Conv2D,
  Conv2D as Convolution2D,
  Conv3D,
  Conv3D as Convolution3D,
  Dense,
  Dropout,
  ELU,
  Flatten,
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
  GroupNormalization,
  Identity,
  InputLayer,
  LayerNormalization,
  LeakyReLU,
  Maximum,
  MaxPooling1D,
  MaxPooling1D as MaxPool1D,
  MaxPooling2D,
  MaxPooling2D as MaxPool2D,
  MaxPooling3D,
  MaxPooling3D as MaxPool3D,
  Minimum,
  Multiply,
  PReLU,
  ReLU,
  RMSNormalization,
  Softmax,
  Subtract,
  UnitNormalization,
};

registerModule('keras.layers', [
  Activation,
  Add,
  Average,
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  BatchNormalization,
  Concatenate,
  Conv1D,
  Conv2D,
  Conv3D,
  Dense,
  Dropout,
  ELU,
  Flatten,
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  GroupNormalization,
  Identity,
  InputLayer,
  LayerNormalization,
  LeakyReLU,
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  Maximum,
  Minimum,
  Multiply,
  PReLU,
  RMSNormalization,
  ReLU,
  Softmax,
  Subtract,
  UnitNormalization,
] as readonly SerializableClass[]);
