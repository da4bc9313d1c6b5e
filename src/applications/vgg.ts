import { Conv2D, Dense, Flatten, MaxPooling2D } from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, through } from './application.ts';
import { type Hashes, kernelsFile } from './pretrained.ts';

/** Convolutions of one width, then a pooling that halves height and width. */
function block(x: Tensor, number: number, filters: number, convolutions: number): Tensor {
  for (let k = 1; k <= convolutions; k++)
    x = new Conv2D({
      filters,
      kernelSize: 3,
      activation: 'relu',
      padding: 'same',
      name: `block${number}_conv${k}`,
    })(x);
  return new MaxPooling2D({ poolSize: 2, strides: 2, name: `block${number}_pool` })(x);
}

const vgg = (who: string, name: string, depths: readonly number[], hashes: Hashes): Application =>
  application(who, {
    name,
    size: 224,
    least: 32,
    defaults: {},
    features: (images) =>
      [64, 128, 256, 512, 512].reduce((x, filters, k) => block(x, k + 1, filters, depths[k]), images),
    classify: (x, { classes, classifierActivation }) =>
      through(
        x,
        new Flatten({ name: 'flatten' }),
        new Dense({ units: 4096, activation: 'relu', name: 'fc1' }),
        new Dense({ units: 4096, activation: 'relu', name: 'fc2' }),
        new Dense({ units: classes, activation: classifierActivation, name: 'predictions' }),
      ),
    pretrained: (options) => kernelsFile(name, name, hashes, options),
  });

/**
 * VGG with 13 convolutions and 3 dense layers (https://arxiv.org/abs/1409.1556). Its images go through `applications.vgg16.preprocessInput`.
 * @example keras.applications.VGG16({ weights: null, includeTop: false, inputShape: [32, 32, 3] })
 */
export const VGG16 = vgg(
  'VGG16',
  'vgg16',
  [2, 2, 3, 3, 3],
  ['64373286793e3c8b2b4e3219cbf3544b', '6d6bbae143d832006294945121d1f1fc'],
);
/** The same with 16 convolutions. */
export const VGG19 = vgg(
  'VGG19',
  'vgg19',
  [2, 2, 4, 4, 4],
  ['cbe5617147190e668d6c5d5026f83318', '253f8cb515780f3b799900260a226db6'],
);
