import {
  Activation,
  AveragePooling2D,
  BatchNormalization,
  Concatenate,
  Conv2D,
  MaxPooling2D,
  ZeroPadding2D,
} from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, through } from './application.ts';
import { channelAxis, channelsOf } from './image-axes.ts';
import { type Hashes, kernelsFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { torch as preprocessInput } from './preprocess-input.ts';

const normalize = (name: string) => new BatchNormalization({ axis: channelAxis(), epsilon: 1.001e-5, name });
const relu = (name: string) => new Activation({ activation: 'relu', name });
const growth = 32;

/** The input and `growth` more channels. */
function convolutions(x: Tensor, name: string): Tensor {
  const y = through(
    x,
    normalize(`${name}_0_bn`),
    relu(`${name}_0_relu`),
    new Conv2D({ filters: 4 * growth, kernelSize: 1, useBias: false, name: `${name}_1_conv` }),
    normalize(`${name}_1_bn`),
    relu(`${name}_1_relu`),
    new Conv2D({ filters: growth, kernelSize: 3, padding: 'same', useBias: false, name: `${name}_2_conv` }),
  );
  return new Concatenate({ axis: channelAxis(), name: `${name}_concat` })([x, y]);
}
function denseBlock(x: Tensor, depth: number, name: string): Tensor {
  for (let k = 1; k <= depth; k++) x = convolutions(x, `${name}_block${k}`);
  return x;
}
/** Halves the channels, the height and the width. */
const transition = (x: Tensor, name: string): Tensor =>
  through(
    x,
    normalize(`${name}_bn`),
    relu(`${name}_relu`),
    new Conv2D({ filters: Math.floor(channelsOf(x) / 2), kernelSize: 1, useBias: false, name: `${name}_conv` }),
    new AveragePooling2D({ poolSize: 2, strides: 2, name: `${name}_pool` }),
  );

const densenet = (who: string, depths: readonly number[], hashes: Hashes): Application =>
  application(who, {
    name: who.toLowerCase(),
    size: 224,
    least: 32,
    defaults: {},
    namesPooling: true,
    channelsLast: true,
    features(images) {
      const stem = through(
        images,
        new ZeroPadding2D({ padding: 3 }),
        new Conv2D({ filters: 64, kernelSize: 7, strides: 2, useBias: false, name: 'conv1_conv' }),
        normalize('conv1_bn'),
        relu('conv1_relu'),
        new ZeroPadding2D({ padding: 1 }),
        new MaxPooling2D({ poolSize: 3, strides: 2, name: 'pool1' }),
      );
      const x = depths.reduce(
        (x, depth, k) => denseBlock(k === 0 ? x : transition(x, `pool${k + 1}`), depth, `conv${k + 2}`),
        stem,
      );
      return through(x, normalize('bn'), relu('relu'));
    },
    pretrained: (options) => kernelsFile('densenet', who.toLowerCase(), hashes, options),
  });

/** DenseNet with 121 layers (https://arxiv.org/abs/1608.06993). Its images go through `applications.densenet.preprocessInput`. */
export const DenseNet121 = densenet(
  'DenseNet121',
  [6, 12, 24, 16],
  ['9d60b8095a5708f2dcce2bca79d332c7', '30ee3e1110167f948a6b9946edeeb738'],
);
/** The same with 169 layers. */
export const DenseNet169 = densenet(
  'DenseNet169',
  [6, 12, 32, 32],
  ['d699b8f76981ab1b30698df4c175e90b', 'b8c4d4c20dd625c148057b9ff1c1176b'],
);
/** The same with 201 layers. */
export const DenseNet201 = densenet(
  'DenseNet201',
  [6, 12, 48, 32],
  ['1ceb130c1ea1b78c3bf6114dbdfd8807', 'c13680b51ded0fb44dff2d8f86ac8bb1'],
);
