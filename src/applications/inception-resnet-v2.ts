import { CustomScaleLayer } from '../layers/from-files/index.ts';
import {
  Activation,
  AveragePooling2D,
  BatchNormalization,
  Concatenate,
  Conv2D,
  MaxPooling2D,
} from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application } from './application.ts';
import { channelAxis, channelsOf } from './image-axes.ts';
import { kernelsFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

interface Window {
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
  readonly name?: string;
}
/** A convolution, normalisation and ReLU. */
function convolution(
  x: Tensor,
  filters: number,
  kernelSize: number | readonly [number, number],
  { strides = 1, padding = 'same', name }: Window = {},
): Tensor {
  const named = (end: string) => (name === undefined ? {} : { name: name + end });
  const y = new Conv2D({ filters, kernelSize, strides, padding, useBias: false, ...named('') })(x);
  const z = new BatchNormalization({ axis: channelAxis(), scale: false, ...named('_bn') })(y);
  return new Activation({ activation: 'relu', ...named('_ac') })(z);
}
const shrink: Window = { strides: 2, padding: 'valid' };
const join = (branches: readonly Tensor[], name: string): Tensor =>
  new Concatenate({ axis: channelAxis(), name })(branches);
const maxPooled = (x: Tensor): Tensor => new MaxPooling2D({ poolSize: 3, strides: 2, padding: 'valid' })(x);

/** Joins branches, projects them to the width of `x`, and adds `scale` times the result to `x`. */
function residual(
  x: Tensor,
  branches: readonly Tensor[],
  { scale, name, activate = true }: { readonly scale: number; readonly name: string; readonly activate?: boolean },
): Tensor {
  const mixed = join(branches, `${name}_mixed`);
  const up = new Conv2D({ filters: channelsOf(x), kernelSize: 1, padding: 'same', name: `${name}_conv` })(mixed);
  const y = new CustomScaleLayer({ scale })([x, up]);
  return activate ? new Activation({ activation: 'relu', name: `${name}_ac` })(y) : y;
}
/** Inception-ResNet-A, on maps of 35x35 of an image of 299x299. */
function block35(x: Tensor, index: number): Tensor {
  const one = convolution(x, 32, 1);
  const three = convolution(convolution(x, 32, 1), 32, 3);
  const twice = convolution(convolution(convolution(x, 32, 1), 48, 3), 64, 3);
  return residual(x, [one, three, twice], { scale: 0.17, name: `block35_${index}` });
}
/** Inception-ResNet-B, on maps of 17x17. */
function block17(x: Tensor, index: number): Tensor {
  const one = convolution(x, 192, 1);
  const seven = convolution(convolution(convolution(x, 128, 1), 160, [1, 7]), 192, [7, 1]);
  return residual(x, [one, seven], { scale: 0.1, name: `block17_${index}` });
}
/** Inception-ResNet-C, on maps of 8x8. The last one is added in full, without ReLU. */
function block8(x: Tensor, index: number): Tensor {
  const one = convolution(x, 192, 1);
  const three = convolution(convolution(convolution(x, 192, 1), 224, [1, 3]), 256, [3, 1]);
  const isLast = index === 10;
  return residual(x, [one, three], { scale: isLast ? 1 : 0.2, name: `block8_${index}`, activate: !isLast });
}
function repeated(x: Tensor, times: number, block: (x: Tensor, index: number) => Tensor): Tensor {
  for (let index = 1; index <= times; index++) x = block(x, index);
  return x;
}

function stem(images: Tensor): Tensor {
  let x = convolution(images, 32, 3, shrink);
  x = convolution(x, 32, 3, { padding: 'valid' });
  x = new MaxPooling2D({ poolSize: 3, strides: 2 })(convolution(x, 64, 3));
  x = convolution(x, 80, 1, { padding: 'valid' });
  return new MaxPooling2D({ poolSize: 3, strides: 2 })(convolution(x, 192, 3, { padding: 'valid' }));
}
function inceptionA(x: Tensor): Tensor {
  const one = convolution(x, 96, 1);
  const five = convolution(convolution(x, 48, 1), 64, 5);
  const three = convolution(convolution(convolution(x, 64, 1), 96, 3), 96, 3);
  const pooled = convolution(new AveragePooling2D({ poolSize: 3, strides: 1, padding: 'same' })(x), 64, 1);
  return join([one, five, three, pooled], 'mixed_5b');
}
function reductionA(x: Tensor): Tensor {
  const three = convolution(x, 384, 3, shrink);
  const twice = convolution(convolution(convolution(x, 256, 1), 256, 3), 384, 3, shrink);
  return join([three, twice, maxPooled(x)], 'mixed_6a');
}
function reductionB(x: Tensor): Tensor {
  const a = convolution(convolution(x, 256, 1), 384, 3, shrink);
  const b = convolution(convolution(x, 256, 1), 288, 3, shrink);
  const c = convolution(convolution(convolution(x, 256, 1), 288, 3), 320, 3, shrink);
  return join([a, b, c, maxPooled(x)], 'mixed_7a');
}

/** Inception-ResNet-v2 (https://arxiv.org/abs/1602.07261). Its images, of at least 75x75, go through `applications.inceptionResnetV2.preprocessInput`. */
export const InceptionResNetV2: Application = application('InceptionResNetV2', {
  name: 'inception_resnet_v2',
  size: 299,
  least: 75,
  defaults: {},
  features(images) {
    let x = repeated(inceptionA(stem(images)), 10, block35);
    x = repeated(reductionA(x), 20, block17);
    x = repeated(reductionB(x), 10, block8);
    return convolution(x, 1536, 1, { name: 'conv_7b' });
  },
  pretrained: (options) =>
    kernelsFile(
      'inception_resnet_v2',
      'inception_resnet_v2',
      ['e693bd0210a403b3192acc6073ad2e96', 'd19885ff4a710c122648d3b5c3b684e4'],
      options,
    ),
});
