import { Activation, Add, BatchNormalization, Conv2D, MaxPooling2D, ZeroPadding2D } from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, through } from './application.ts';
import { channelAxis } from './image-axes.ts';
import { type Hashes, kernelsFile } from './pretrained.ts';

const normalize = (name: string) => new BatchNormalization({ axis: channelAxis(), epsilon: 1.001e-5, name });
const relu = (name: string) => new Activation({ activation: 'relu', name });

/** A stack of blocks: their width and number, and the stride at one end. */
interface Stack {
  readonly filters: number;
  readonly blocks: number;
  readonly stride: number;
}

/** A bottleneck of three convolutions with a shortcut: 1x1, 3x3, 1x1 to four times the width. */
function bottleneck(x: Tensor, filters: number, stride: number, isFirst: boolean, name: string): Tensor {
  const shortcut = isFirst
    ? through(
        x,
        new Conv2D({ filters: 4 * filters, kernelSize: 1, strides: stride, name: `${name}_0_conv` }),
        normalize(`${name}_0_bn`),
      )
    : x;
  const y = through(
    x,
    new Conv2D({ filters, kernelSize: 1, strides: stride, name: `${name}_1_conv` }),
    normalize(`${name}_1_bn`),
    relu(`${name}_1_relu`),
    new Conv2D({ filters, kernelSize: 3, padding: 'same', name: `${name}_2_conv` }),
    normalize(`${name}_2_bn`),
    relu(`${name}_2_relu`),
    new Conv2D({ filters: 4 * filters, kernelSize: 1, name: `${name}_3_conv` }),
    normalize(`${name}_3_bn`),
  );
  return relu(`${name}_out`)(new Add({ name: `${name}_add` })([shortcut, y]));
}
/** The first block has the stride, and a convolution in its shortcut. */
function stack(x: Tensor, { filters, blocks, stride }: Stack, name: string): Tensor {
  for (let k = 1; k <= blocks; k++) x = bottleneck(x, filters, k === 1 ? stride : 1, k === 1, `${name}_block${k}`);
  return x;
}

/** The same with normalisation and activation before the convolutions, so that nothing changes the shortcuts. */
function preactivated(x: Tensor, filters: number, stride: number, isFirst: boolean, name: string): Tensor {
  const active = through(x, normalize(`${name}_preact_bn`), relu(`${name}_preact_relu`));
  const shortcut = isFirst
    ? new Conv2D({ filters: 4 * filters, kernelSize: 1, strides: stride, name: `${name}_0_conv` })(active)
    : stride > 1
      ? new MaxPooling2D({ poolSize: 1, strides: stride })(x)
      : x;
  const y = through(
    active,
    new Conv2D({ filters, kernelSize: 1, strides: 1, useBias: false, name: `${name}_1_conv` }),
    normalize(`${name}_1_bn`),
    relu(`${name}_1_relu`),
    new ZeroPadding2D({ padding: 1, name: `${name}_2_pad` }),
    new Conv2D({ filters, kernelSize: 3, strides: stride, useBias: false, name: `${name}_2_conv` }),
    normalize(`${name}_2_bn`),
    relu(`${name}_2_relu`),
    new Conv2D({ filters: 4 * filters, kernelSize: 1, name: `${name}_3_conv` }),
  );
  return new Add({ name: `${name}_out` })([shortcut, y]);
}
/** The last block has the stride. */
function preactivatedStack(x: Tensor, { filters, blocks, stride }: Stack, name: string): Tensor {
  for (let k = 1; k <= blocks; k++)
    x = preactivated(x, filters, k === blocks ? stride : 1, k === 1, `${name}_block${k}`);
  return x;
}

const widths = [64, 128, 256, 512];

/** ResNet whose four stacks have `depths` blocks. */
export const resnet = (who: string, depths: readonly number[], hashes: Hashes): Application =>
  application(who, {
    name: who.toLowerCase(),
    size: 224,
    least: 32,
    defaults: {},
    namesPooling: true,
    features(images) {
      const x = through(
        images,
        new ZeroPadding2D({ padding: 3, name: 'conv1_pad' }),
        new Conv2D({ filters: 64, kernelSize: 7, strides: 2, name: 'conv1_conv' }),
        normalize('conv1_bn'),
        relu('conv1_relu'),
        new ZeroPadding2D({ padding: 1, name: 'pool1_pad' }),
        new MaxPooling2D({ poolSize: 3, strides: 2, name: 'pool1_pool' }),
      );
      return widths.reduce(
        (y, filters, k) => stack(y, { filters, blocks: depths[k], stride: k === 0 ? 1 : 2 }, `conv${k + 2}`),
        x,
      );
    },
    pretrained: (options) => kernelsFile('resnet', who.toLowerCase(), hashes, options),
  });

/** ResNetV2. */
export const resnetV2 = (who: string, depths: readonly number[], hashes: Hashes): Application =>
  application(who, {
    name: who.toLowerCase(),
    size: 224,
    least: 32,
    defaults: {},
    namesPooling: true,
    features(images) {
      const x = through(
        images,
        new ZeroPadding2D({ padding: 3, name: 'conv1_pad' }),
        new Conv2D({ filters: 64, kernelSize: 7, strides: 2, name: 'conv1_conv' }),
        new ZeroPadding2D({ padding: 1, name: 'pool1_pad' }),
        new MaxPooling2D({ poolSize: 3, strides: 2, name: 'pool1_pool' }),
      );
      const y = widths.reduce(
        (y, filters, k) =>
          preactivatedStack(y, { filters, blocks: depths[k], stride: k === 3 ? 1 : 2 }, `conv${k + 2}`),
        x,
      );
      return through(y, normalize('post_bn'), relu('post_relu'));
    },
    pretrained: (options) => kernelsFile('resnet', who.toLowerCase(), hashes, options),
  });
