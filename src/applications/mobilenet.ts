import { fail } from '../base/errors.ts';
import { fixed } from '../base/fixed.ts';
import {
  Activation,
  BatchNormalization,
  Conv2D,
  DepthwiseConv2D,
  Dropout,
  GlobalAveragePooling2D,
  ReLU,
  Reshape,
  ZeroPadding2D,
} from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, type Chosen, through } from './application.ts';
import { channelAxisFromEnd, sidesOf } from './image-axes.ts';
import { sideIn } from './input-shape.ts';
import { folder, type PretrainedFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

/** What MobileNet takes besides the options of all applications. */
export interface MobileNetOptions {
  /** Factor of the number of channels in all layers. 1 by default. */
  readonly alpha?: number;
  /** Number of outputs of a depthwise convolution for each channel. 1 by default. */
  readonly depthMultiplier?: number;
  /** Fraction of the features that training drops before the classifier. 0.001 by default. */
  readonly dropout?: number;
}
type Options = Chosen<MobileNetOptions>;

const normalize = (name: string) => new BatchNormalization({ axis: channelAxisFromEnd(), name });
const relu6 = (name: string) => new ReLU({ maxValue: 6, name });

/** A convolution of each channel by itself, then one over the channels. */
function depthwiseSeparable(
  x: Tensor,
  filters: number,
  stride: number,
  { alpha, depthMultiplier }: Options,
  id: number,
): Tensor {
  const isSame = stride === 1;
  const padding = [
    [0, 1],
    [0, 1],
  ] as const;
  return through(
    isSame ? x : new ZeroPadding2D({ padding, name: `conv_pad_${id}` })(x),
    new DepthwiseConv2D({
      kernelSize: 3,
      padding: isSame ? 'same' : 'valid',
      depthMultiplier,
      strides: stride,
      useBias: false,
      name: `conv_dw_${id}`,
    }),
    normalize(`conv_dw_${id}_bn`),
    relu6(`conv_dw_${id}_relu`),
    new Conv2D({
      filters: Math.trunc(filters * alpha),
      kernelSize: 1,
      padding: 'same',
      useBias: false,
      name: `conv_pw_${id}`,
    }),
    normalize(`conv_pw_${id}_bn`),
    relu6(`conv_pw_${id}_relu`),
  );
}
/** Width and stride of each block. */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

const sizes = [128, 160, 192, 224];
/** The side of the images for which weights are chosen. */
const sideOf = ({ inputShape, weights }: Options): number | null => {
  const [height, width] = sidesOf(inputShape);
  return weights === 'imagenet' && (height !== width || !sizes.includes(height!)) ? 224 : height!;
};

/**
 * MobileNet (https://arxiv.org/abs/1704.04861). Its images go through `applications.mobilenet.preprocessInput`.
 * @example keras.applications.MobileNet({ weights: null, alpha: 0.25, inputShape: [32, 32, 3], classes: 10 }).name // 'mobilenet_0.25_32'
 */
export const MobileNet: Application<MobileNetOptions> = application<MobileNetOptions>('MobileNet', {
  name: (options) => `mobilenet_${fixed(options.alpha, 2)}_${sideOf(options) ?? 'None'}`,
  size: ({ inputShape }) => sideIn(inputShape, sizes),
  least: 32,
  defaults: { alpha: 1, depthMultiplier: 1, dropout: 0.001 },
  features: (images, options) =>
    blocks.reduce(
      (x, [filters, stride], k) => depthwiseSeparable(x, filters, stride, options, k + 1),
      through(
        images,
        new Conv2D({
          filters: Math.trunc(32 * options.alpha),
          kernelSize: 3,
          padding: 'same',
          useBias: false,
          strides: 2,
          name: 'conv1',
        }),
        normalize('conv1_bn'),
        relu6('conv1_relu'),
      ),
    ),
  classify: (features, { classes, classifierActivation, dropout }) =>
    through(
      features,
      new GlobalAveragePooling2D({ keepdims: true }),
      new Dropout({ rate: dropout, name: 'dropout' }),
      new Conv2D({ filters: classes, kernelSize: 1, padding: 'same', name: 'conv_preds' }),
      new Reshape({ targetShape: [classes], name: 'reshape_2' }),
      new Activation({ activation: classifierActivation, name: 'predictions' }),
    ),
  refuseForImagenet({ alpha, depthMultiplier }) {
    if (depthMultiplier !== 1)
      fail('MobileNet', `depthMultiplier is ${depthMultiplier}`, 'with the weights of ImageNet it is 1');
    if (![0.25, 0.5, 0.75, 1].includes(alpha))
      fail('MobileNet', `alpha is ${alpha}`, 'with the weights of ImageNet give 0.25, 0.5, 0.75 or 1');
  },
  pretrained(options): PretrainedFile {
    const alpha = { 1: '1_0', 0.75: '7_5', 0.5: '5_0', 0.25: '2_5' }[options.alpha];
    const file = `mobilenet_${alpha}_${sideOf(options)}_tf${options.includeTop ? '' : '_no_top'}.h5`;
    return { file, url: `${folder}mobilenet/${file}` };
  },
});
