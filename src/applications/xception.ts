import { Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, SeparableConv2D } from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, through } from './application.ts';
import { channelAxisFromEnd } from './image-axes.ts';
import { kernelsFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

const normalize = (name?: string) => new BatchNormalization({ axis: channelAxisFromEnd(), ...(name && { name }) });
const relu = (name: string) => new Activation({ activation: 'relu', name });
const separable = (filters: number, name: string) =>
  new SeparableConv2D({ filters, kernelSize: 3, padding: 'same', useBias: false, name });

/** Two separable convolutions and a pooling, with a strided convolution as the shortcut. */
function downsampling(x: Tensor, number: number, [first, second]: readonly [number, number]): Tensor {
  const name = `block${number}`;
  const shortcut = through(
    x,
    new Conv2D({ filters: second, kernelSize: 1, strides: 2, padding: 'same', useBias: false }),
    normalize(),
  );
  const y = through(
    // The first of these blocks follows an activation already.
    number === 2 ? x : relu(`${name}_sepconv1_act`)(x),
    separable(first, `${name}_sepconv1`),
    normalize(`${name}_sepconv1_bn`),
    relu(`${name}_sepconv2_act`),
    separable(second, `${name}_sepconv2`),
    normalize(`${name}_sepconv2_bn`),
    new MaxPooling2D({ poolSize: 3, strides: 2, padding: 'same', name: `${name}_pool` }),
  );
  return new Add()([y, shortcut]);
}
/** Three separable convolutions with a shortcut. */
function residual(x: Tensor, number: number): Tensor {
  let y = x;
  for (let k = 1; k <= 3; k++) {
    const name = `block${number}_sepconv${k}`;
    y = through(y, relu(`${name}_act`), separable(728, name), normalize(`${name}_bn`));
  }
  return new Add()([y, x]);
}

/**
 * Xception (https://arxiv.org/abs/1610.02357). Its images, of at least 71x71, go through `applications.xception.preprocessInput`.
 * @example keras.applications.Xception({ weights: null, includeTop: false }).outputShape // [null, null, null, 2048]
 */
export const Xception: Application = application('Xception', {
  name: 'xception',
  size: 299,
  least: 71,
  defaults: {},
  features(images) {
    let x = through(
      images,
      new Conv2D({ filters: 32, kernelSize: 3, strides: 2, useBias: false, name: 'block1_conv1' }),
      normalize('block1_conv1_bn'),
      relu('block1_conv1_act'),
      new Conv2D({ filters: 64, kernelSize: 3, useBias: false, name: 'block1_conv2' }),
      normalize('block1_conv2_bn'),
      relu('block1_conv2_act'),
    );
    x = downsampling(x, 2, [128, 128]);
    x = downsampling(x, 3, [256, 256]);
    x = downsampling(x, 4, [728, 728]);
    for (let number = 5; number <= 12; number++) x = residual(x, number);
    x = downsampling(x, 13, [728, 1024]);
    return through(
      x,
      separable(1536, 'block14_sepconv1'),
      normalize('block14_sepconv1_bn'),
      relu('block14_sepconv1_act'),
      separable(2048, 'block14_sepconv2'),
      normalize('block14_sepconv2_bn'),
      relu('block14_sepconv2_act'),
    );
  },
  pretrained: (options) =>
    kernelsFile(
      'xception',
      'xception',
      ['0a58e3b7378bc2990ea3b43d5981f1f6', 'b0042744bf5b25fce3cb969f33bebb97'],
      options,
    ),
});
