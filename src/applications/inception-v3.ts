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
import { channelAxis } from './image-axes.ts';
import { kernelsFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

interface Window {
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
}
/** A convolution, normalisation and ReLU. */
function convolution(
  x: Tensor,
  filters: number,
  kernelSize: number | readonly [number, number],
  { strides = 1, padding = 'same' }: Window = {},
): Tensor {
  const y = new Conv2D({ filters, kernelSize, strides, padding, useBias: false })(x);
  return new Activation({ activation: 'relu' })(new BatchNormalization({ axis: channelAxis(), scale: false })(y));
}
const shrink: Window = { strides: 2, padding: 'valid' };
const join = (branches: readonly Tensor[], name?: string): Tensor =>
  new Concatenate({ axis: channelAxis(), ...(name && { name }) })(branches);
/** The mean of neighbours and a convolution over the channels. */
const pooled = (x: Tensor, filters: number): Tensor =>
  convolution(new AveragePooling2D({ poolSize: 3, strides: 1, padding: 'same' })(x), filters, 1);
const maxPooled = (x: Tensor): Tensor => new MaxPooling2D({ poolSize: 3, strides: 2 })(x);

/** Windows of 1, 5, and 3 twice (figure 5 of the paper). */
function inceptionA(x: Tensor, poolFilters: number, name: string): Tensor {
  const one = convolution(x, 64, 1);
  const five = convolution(convolution(x, 48, 1), 64, 5);
  const three = convolution(convolution(convolution(x, 64, 1), 96, 3), 96, 3);
  return join([one, five, three, pooled(x, poolFilters)], name);
}
/** Windows of 7 as rows and columns (figure 6). */
function inceptionB(x: Tensor, filters: number, name: string): Tensor {
  const one = convolution(x, 192, 1);
  let seven = convolution(x, filters, 1);
  seven = convolution(seven, filters, [1, 7]);
  seven = convolution(seven, 192, [7, 1]);
  let twice = convolution(x, filters, 1);
  twice = convolution(twice, filters, [7, 1]);
  twice = convolution(twice, filters, [1, 7]);
  twice = convolution(twice, filters, [7, 1]);
  twice = convolution(twice, 192, [1, 7]);
  return join([one, seven, twice, pooled(x, 192)], name);
}
/** Rows and columns side by side (figure 7). */
function inceptionC(x: Tensor, index: number): Tensor {
  const one = convolution(x, 320, 1);
  const three = convolution(x, 384, 1);
  const beside = join([convolution(three, 384, [1, 3]), convolution(three, 384, [3, 1])], `mixed9_${index}`);
  const twice = convolution(convolution(x, 448, 1), 384, 3);
  const besideTwice = join([convolution(twice, 384, [1, 3]), convolution(twice, 384, [3, 1])]);
  return join([one, beside, besideTwice, pooled(x, 192)], `mixed${9 + index}`);
}
/** Halves height and width (figure 10). */
function reductionA(x: Tensor, name: string): Tensor {
  const three = convolution(x, 384, 3, shrink);
  const twice = convolution(convolution(convolution(x, 64, 1), 96, 3), 96, 3, shrink);
  return join([three, twice, maxPooled(x)], name);
}
function reductionB(x: Tensor, name: string): Tensor {
  const three = convolution(convolution(x, 192, 1), 320, 3, shrink);
  let seven = convolution(x, 192, 1);
  seven = convolution(seven, 192, [1, 7]);
  seven = convolution(seven, 192, [7, 1]);
  seven = convolution(seven, 192, 3, shrink);
  return join([three, seven, maxPooled(x)], name);
}

/** InceptionV3 (https://arxiv.org/abs/1512.00567). Its images, of at least 75x75, go through `applications.inceptionV3.preprocessInput`. */
export const InceptionV3: Application = application('InceptionV3', {
  name: 'inception_v3',
  size: 299,
  least: 75,
  defaults: {},
  features(images) {
    let x = convolution(images, 32, 3, shrink);
    x = convolution(x, 32, 3, { padding: 'valid' });
    x = maxPooled(convolution(x, 64, 3));
    x = convolution(x, 80, 1, { padding: 'valid' });
    x = maxPooled(convolution(x, 192, 3, { padding: 'valid' }));
    x = inceptionA(x, 32, 'mixed0');
    x = inceptionA(x, 64, 'mixed1');
    x = inceptionA(x, 64, 'mixed2');
    x = reductionA(x, 'mixed3');
    x = inceptionB(x, 128, 'mixed4');
    x = inceptionB(x, 160, 'mixed5');
    x = inceptionB(x, 160, 'mixed6');
    x = inceptionB(x, 192, 'mixed7');
    x = reductionB(x, 'mixed8');
    return inceptionC(inceptionC(x, 0), 1);
  },
  pretrained: (options) =>
    kernelsFile(
      'inception_v3',
      'inception_v3',
      ['9a0d58056eeedaa3f26cb7ebd46da564', 'bcbd6486424b2319ff4ef7d526e38f63'],
      options,
    ),
});
