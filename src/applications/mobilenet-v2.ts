import { fail } from '../base/errors.ts';
import { fixed } from '../base/fixed.ts';
import type { SymbolicShape } from '../base/shape.ts';
import {
  Add,
  BatchNormalization,
  Conv2D,
  Dense,
  DepthwiseConv2D,
  GlobalAveragePooling2D,
  ReLU,
  ZeroPadding2D,
} from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, type Chosen, through } from './application.ts';
import { channelAxisFromEnd, channelsOf, divisibleBy8, paddingBeforeStride, sidesOf } from './image-axes.ts';
import { sideIn } from './input-shape.ts';
import { folder, type PretrainedFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

/** What MobileNetV2 takes besides the options of all applications. */
export interface MobileNetV2Options {
  /** Factor of the number of channels in all layers. 1 by default. */
  readonly alpha?: number;
}

const normalize = (name: string) =>
  new BatchNormalization({ axis: channelAxisFromEnd(), epsilon: 1e-3, momentum: 0.999, name });
const relu6 = (name: string) => new ReLU({ maxValue: 6, name });
const pointwise = (filters: number, name: string) =>
  new Conv2D({ filters, kernelSize: 1, padding: 'same', useBias: false, name });

/** An inverted residual block: wide inside, with a shortcut between its narrow ends. */
function invertedResidual(x: Tensor, filters: number, stride: number, expansion: number, id: number): Tensor {
  const prefix = id === 0 ? 'expanded_conv_' : `block_${id}_`;
  const channels = channelsOf(x);
  const wide =
    id === 0
      ? x
      : through(
          x,
          pointwise(expansion * channels, `${prefix}expand`),
          normalize(`${prefix}expand_BN`),
          relu6(`${prefix}expand_relu`),
        );
  const padded =
    stride === 2 ? new ZeroPadding2D({ padding: paddingBeforeStride(wide, 3), name: `${prefix}pad` })(wide) : wide;
  const y = through(
    padded,
    new DepthwiseConv2D({
      kernelSize: 3,
      strides: stride,
      useBias: false,
      padding: stride === 1 ? 'same' : 'valid',
      name: `${prefix}depthwise`,
    }),
    normalize(`${prefix}depthwise_BN`),
    relu6(`${prefix}depthwise_relu`),
    pointwise(filters, `${prefix}project`),
    normalize(`${prefix}project_BN`),
  );
  return channels === filters && stride === 1 ? new Add({ name: `${prefix}add` })([x, y]) : y;
}
/** Width, stride, expansion and number of the blocks; the stride is the first one's. */
const stages = [
  [16, 1, 1, 1],
  [24, 2, 6, 2],
  [32, 2, 6, 3],
  [64, 2, 6, 4],
  [96, 1, 6, 3],
  [160, 2, 6, 3],
  [320, 1, 6, 1],
] as const;

const sizes = [96, 128, 160, 192, 224];
const sideOf = ({ inputShape, weights }: Chosen<MobileNetV2Options>): number | null => {
  const [height, width] = sidesOf(inputShape);
  return weights === 'imagenet' && (height !== width || !sizes.includes(height!)) ? 224 : height!;
};

/** MobileNetV2 (https://arxiv.org/abs/1801.04381). Its images go through `applications.mobilenetV2.preprocessInput`. */
export const MobileNetV2: Application<MobileNetV2Options> = application<MobileNetV2Options>('MobileNetV2', {
  name: (options) => `mobilenetv2_${fixed(options.alpha, 2)}_${sideOf(options) ?? 'None'}`,
  size: ({ inputShape, inputTensor }) =>
    sideIn(inputShape ?? (inputTensor && (inputTensor.symbolicShape.slice(1) as SymbolicShape)), sizes),
  least: 32,
  defaults: { alpha: 1 },
  features(images, { alpha }) {
    let x = through(
      images,
      new Conv2D({
        filters: divisibleBy8(32 * alpha),
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
        name: 'Conv1',
      }),
      normalize('bn_Conv1'),
      relu6('Conv1_relu'),
    );
    let id = 0;
    for (const [width, stride, expansion, repeats] of stages)
      for (let k = 0; k < repeats; k++)
        x = invertedResidual(x, divisibleBy8(Math.trunc(width * alpha)), k === 0 ? stride : 1, expansion, id++);
    return through(
      x,
      new Conv2D({
        filters: alpha > 1 ? divisibleBy8(1280 * alpha) : 1280,
        kernelSize: 1,
        useBias: false,
        name: 'Conv_1',
      }),
      normalize('Conv_1_bn'),
      relu6('out_relu'),
    );
  },
  classify: (features, { classes, classifierActivation }) =>
    through(
      features,
      new GlobalAveragePooling2D(),
      new Dense({ units: classes, activation: classifierActivation, name: 'predictions' }),
    ),
  refuseForImagenet({ alpha }) {
    if (![0.35, 0.5, 0.75, 1, 1.3, 1.4].includes(alpha))
      fail('MobileNetV2', `alpha is ${alpha}`, 'with the weights of ImageNet give 0.35, 0.5, 0.75, 1, 1.3 or 1.4');
  },
  pretrained(options): PretrainedFile {
    const alpha = Number.isInteger(options.alpha) ? options.alpha.toFixed(1) : options.alpha;
    const end = `${alpha}_${sideOf(options)}${options.includeTop ? '' : '_no_top'}.h5`;
    const file = `mobilenet_v2_weights_tf_dim_ordering_tf_kernels_${end}`;
    return { file, url: `${folder}mobilenet_v2/${file}` };
  },
});
