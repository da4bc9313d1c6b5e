import { Constant } from '../initializers/index.ts';
import { BatchNormalization, DepthwiseConv2D, Normalization, Rescaling } from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, through } from './application.ts';
import { channelAxis, channelsOf } from './image-axes.ts';
import {
  blockName,
  classifier,
  convolution,
  convolutionInitializer,
  shortcut,
  squeezeExcite,
  swish,
} from './mbconv.ts';
import { folder, type Hashes, hashOf } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { asItIs as preprocessInput } from './preprocess-input.ts';

/** What EfficientNetV2 takes besides the options of all applications. */
export interface EfficientNetV2Options {
  /** Whether the model includes the scaling of pixels from 0…255. True by default. */
  readonly includePreprocessing?: boolean;
}

const normalize = (name: string) => new BatchNormalization({ axis: channelAxis(), momentum: 0.9, name });

interface Block {
  readonly filters: number;
  readonly stride: number;
  readonly expansion: number;
  /** The probability that training skips the block. */
  readonly dropRate: number;
}
const joined = (x: Tensor, y: Tensor, { filters, stride, dropRate }: Block, name: string): Tensor =>
  stride === 1 && channelsOf(x) === filters ? shortcut(x, y, dropRate, name) : y;

/** MBConv: a wide block with a factor for each channel, whose narrow ends the shortcut connects. */
function mobileInvertedBottleneck(x: Tensor, block: Block, name: string): Tensor {
  const channels = channelsOf(x);
  const deep = through(
    x,
    convolution(channels * block.expansion, 1, `${name}expand_conv`),
    normalize(`${name}expand_bn`),
    swish(`${name}expand_activation`),
    new DepthwiseConv2D({
      kernelSize: 3,
      strides: block.stride,
      padding: 'same',
      useBias: false,
      depthwiseInitializer: convolutionInitializer(),
      name: `${name}dwconv2`,
    }),
    normalize(`${name}bn`),
    swish(`${name}activation`),
  );
  const y = through(
    squeezeExcite(deep, Math.max(1, Math.trunc(channels / 4)), name),
    convolution(block.filters, 1, `${name}project_conv`),
    normalize(`${name}project_bn`),
  );
  return joined(x, y, block, name);
}
/** Fused-MBConv: one convolution in place of expansion and depthwise convolution. */
function fused(x: Tensor, block: Block, name: string): Tensor {
  const { filters, stride, expansion } = block;
  const y =
    expansion === 1
      ? through(
          x,
          convolution(filters, 3, `${name}project_conv`, stride),
          normalize(`${name}project_bn`),
          swish(`${name}project_activation`),
        )
      : through(
          x,
          convolution(channelsOf(x) * expansion, 3, `${name}expand_conv`, stride),
          normalize(`${name}expand_bn`),
          swish(`${name}expand_activation`),
          convolution(filters, 1, `${name}project_conv`),
          normalize(`${name}project_bn`),
        );
  return joined(x, y, block, name);
}

/** Kind of block, repeats, width, expansion and stride of a stage. */
type Stage = readonly [kind: 'fused' | 'mbconv', repeats: number, filters: number, expansion: number, stride: number];

const stagesB: readonly Stage[] = [
  ['fused', 1, 16, 1, 1],
  ['fused', 2, 32, 4, 2],
  ['fused', 2, 48, 4, 2],
  ['mbconv', 3, 96, 4, 2],
  ['mbconv', 5, 112, 6, 1],
  ['mbconv', 8, 192, 6, 2],
];
const stagesS: readonly Stage[] = [
  ['fused', 2, 24, 1, 1],
  ['fused', 4, 48, 4, 2],
  ['fused', 4, 64, 4, 2],
  ['mbconv', 6, 128, 4, 2],
  ['mbconv', 9, 160, 6, 1],
  ['mbconv', 15, 256, 6, 2],
];
const stagesM: readonly Stage[] = [
  ['fused', 3, 24, 1, 1],
  ['fused', 5, 48, 4, 2],
  ['fused', 5, 80, 4, 2],
  ['mbconv', 7, 160, 4, 2],
  ['mbconv', 14, 176, 6, 1],
  ['mbconv', 18, 304, 6, 2],
  ['mbconv', 5, 512, 6, 1],
];
const stagesL: readonly Stage[] = [
  ['fused', 4, 32, 1, 1],
  ['fused', 7, 64, 4, 2],
  ['fused', 7, 96, 4, 2],
  ['mbconv', 10, 192, 4, 2],
  ['mbconv', 19, 224, 6, 1],
  ['mbconv', 25, 384, 6, 2],
  ['mbconv', 7, 640, 6, 1],
];

interface Scale {
  readonly stages: readonly Stage[];
  /** Width of the stem, before it is scaled. */
  readonly stem: number;
  readonly width?: number;
  readonly depth?: number;
  readonly size: number;
}
const efficientnetV2 = (
  variant: string,
  { stages, stem, width = 1, depth = 1, size }: Scale,
  hashes: Hashes,
): Application<EfficientNetV2Options> => {
  const name = `efficientnetv2-${variant.toLowerCase()}`;
  const scaled = (filters: number): number => Math.max(8, Math.floor((filters * width + 4) / 8) * 8);
  // As published: the number of stages before they are scaled in depth.
  const blocks = stages.reduce((sum, [, repeats]) => sum + repeats, 0);
  /** Scales pixels to the range of the training data. */
  const pixels = (images: Tensor): Tensor =>
    stages === stagesB && channelsOf(images) === 3
      ? through(
          images,
          new Rescaling({ scale: 1 / 255 }),
          new Normalization({
            mean: [0.485, 0.456, 0.406],
            variance: [0.229 ** 2, 0.224 ** 2, 0.225 ** 2],
            axis: channelAxis(),
          }),
        )
      : new Rescaling({ scale: 1 / 128, offset: -1 })(images);
  return application<EfficientNetV2Options>(`EfficientNetV2${variant}`, {
    name,
    size,
    least: 32,
    defaults: { includePreprocessing: true },
    namesPooling: true,
    features(images, { includePreprocessing }) {
      let x = through(
        includePreprocessing ? pixels(images) : images,
        convolution(scaled(stem), 3, 'stem_conv', 2),
        normalize('stem_bn'),
        swish('stem_activation'),
      );
      let number = 0;
      stages.forEach(([kind, repeats, filters, expansion, stride], stage) => {
        for (let k = 0; k < Math.ceil(depth * repeats); k++) {
          const dropRate = (0.2 * number++) / blocks;
          const block = { filters: scaled(filters), expansion, stride: k === 0 ? stride : 1, dropRate };
          x = (kind === 'fused' ? fused : mobileInvertedBottleneck)(x, block, blockName(stage, k));
        }
      });
      return through(x, convolution(scaled(1280), 1, 'top_conv'), normalize('top_bn'), swish('top_activation'));
    },
    classify: classifier(0.2, () => new Constant({ value: 0 })),
    pretrained({ includeTop }) {
      const file = `${name}${includeTop ? '' : '_notop'}.h5`;
      return { file, url: `${folder}efficientnet_v2/${file}`, hash: hashOf(hashes, includeTop) };
    },
  });
};

/** The smallest EfficientNetV2 (https://arxiv.org/abs/2104.00298). It takes pixels from 0 to 255. */
export const EfficientNetV2B0 = efficientnetV2('B0', { stages: stagesB, stem: 32, size: 224 }, [
  '21ecbf6da12460d5c40bb2f29ceb2188',
  '893217f2bb855e2983157299931e43ff',
]);
/** The same, deeper, for images of 240x240. */
export const EfficientNetV2B1 = efficientnetV2('B1', { stages: stagesB, stem: 32, depth: 1.1, size: 240 }, [
  '069f0534ff22adf035c89e2d9547a9dc',
  '0e80663031ca32d657f9caa404b6ec37',
]);
/** The same, wider too, for 260x260. */
export const EfficientNetV2B2 = efficientnetV2('B2', { stages: stagesB, stem: 32, width: 1.1, depth: 1.2, size: 260 }, [
  '424e49f28180edbde1e94797771950a7',
  '1dfe2e7a5d45b6632553a8961ea609eb',
]);
/** The same for 300x300. */
export const EfficientNetV2B3 = efficientnetV2('B3', { stages: stagesB, stem: 32, width: 1.2, depth: 1.4, size: 300 }, [
  '1f1fc43bd98a6e4fd8fdfd551e02c7a0',
  'f6abf7b5849ac99a89b50dd3fd532856',
]);
/** The small one of the larger models, for 384x384. */
export const EfficientNetV2S = efficientnetV2('S', { stages: stagesS, stem: 24, size: 384 }, [
  'e1d88a8495beba45748fedd0cecbe016',
  'af0682fb74e8c54910f2d4393339c070',
]);
/** The medium one, for 480x480. */
export const EfficientNetV2M = efficientnetV2('M', { stages: stagesM, stem: 24, size: 480 }, [
  'a3bf6aa3276309f4fc6a34aa114c95cd',
  '1b8dc055df72dde80d614482840fe342',
]);
/** The largest, for 480x480. */
export const EfficientNetV2L = efficientnetV2('L', { stages: stagesL, stem: 32, size: 480 }, [
  '27e6d408b53c7ebc868fefa357689935',
  'b0b66b5c863aef5b46e8608fe1711615',
]);
