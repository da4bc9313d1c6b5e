import {
  BatchNormalization,
  Conv2D,
  DepthwiseConv2D,
  Normalization,
  Rescaling,
  ZeroPadding2D,
} from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, through } from './application.ts';
import { channelAxis, channelsOf, divisibleBy8, paddingBeforeStride } from './image-axes.ts';
import {
  blockName,
  classifier,
  convolution,
  convolutionInitializer,
  shortcut,
  squeezeExcite,
  swish,
} from './mbconv.ts';
import { type Hashes, hashOf } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { asItIs as preprocessInput } from './preprocess-input.ts';

const normalize = (name: string) => new BatchNormalization({ axis: channelAxis(), name });

interface Block {
  readonly filters: number;
  readonly window: number;
  readonly stride: number;
  readonly expansion: number;
  /** The probability that training skips the block. */
  readonly dropRate: number;
}
/** MBConv: a wide block with a factor for each channel, whose narrow ends the shortcut connects. */
function mobileInvertedBottleneck(x: Tensor, block: Block, name: string): Tensor {
  const { filters, window: kernelSize, stride, expansion, dropRate } = block;
  const channels = channelsOf(x);
  const wide =
    expansion === 1
      ? x
      : through(
          x,
          convolution(channels * expansion, 1, `${name}expand_conv`),
          normalize(`${name}expand_bn`),
          swish(`${name}expand_activation`),
        );
  const padding = paddingBeforeStride(wide, kernelSize);
  const padded = stride === 2 ? new ZeroPadding2D({ padding, name: `${name}dwconv_pad` })(wide) : wide;
  const deep = through(
    padded,
    new DepthwiseConv2D({
      kernelSize,
      strides: stride,
      padding: stride === 2 ? 'valid' : 'same',
      useBias: false,
      depthwiseInitializer: convolutionInitializer(),
      name: `${name}dwconv`,
    }),
    normalize(`${name}bn`),
    swish(`${name}activation`),
  );
  const y = through(
    squeezeExcite(deep, Math.max(1, Math.trunc(channels / 4)), name),
    convolution(filters, 1, `${name}project_conv`),
    normalize(`${name}project_bn`),
  );
  return stride === 1 && channels === filters ? shortcut(x, y, dropRate, name) : y;
}

/** Window, repeats, width, expansion and stride of the stages of B0. */
const stages = [
  [3, 1, 16, 1, 1],
  [3, 2, 24, 6, 2],
  [5, 2, 40, 6, 2],
  [3, 3, 80, 6, 2],
  [5, 3, 112, 6, 1],
  [5, 4, 192, 6, 2],
  [3, 1, 320, 6, 1],
] as const;

interface Scale {
  readonly width: number;
  readonly depth: number;
  readonly size: number;
  readonly dropout: number;
}
const efficientnet = (variant: number, { width, depth, size, dropout }: Scale, hashes: Hashes): Application => {
  const name = `efficientnetb${variant}`;
  const scaled = (filters: number): number => divisibleBy8(filters * width);
  const repeatsOf = stages.map(([, repeats]) => Math.ceil(depth * repeats));
  const blocks = repeatsOf.reduce((sum, n) => sum + n, 0);
  return application(`EfficientNetB${variant}`, {
    name,
    size,
    least: 32,
    defaults: {},
    namesPooling: true,
    features(images, { weights }) {
      let x = through(
        images,
        new Rescaling({ scale: 1 / 255 }),
        new Normalization({ axis: channelAxis() }),
        // The published weights were trained with this scaling as well.
        ...(weights === 'imagenet'
          ? [new Rescaling({ scale: [0.229, 0.224, 0.225].map((deviation) => 1 / Math.sqrt(deviation)) })]
          : []),
      );
      x = through(
        x,
        new ZeroPadding2D({ padding: paddingBeforeStride(x, 3), name: 'stem_conv_pad' }),
        new Conv2D({
          filters: scaled(32),
          kernelSize: 3,
          strides: 2,
          useBias: false,
          kernelInitializer: convolutionInitializer(),
          name: 'stem_conv',
        }),
        normalize('stem_bn'),
        swish('stem_activation'),
      );
      let number = 0;
      stages.forEach(([window, , filters, expansion, stride], stage) => {
        for (let k = 0; k < repeatsOf[stage]; k++) {
          const dropRate = (0.2 * number++) / blocks;
          const block = { filters: scaled(filters), window, expansion, stride: k === 0 ? stride : 1, dropRate };
          x = mobileInvertedBottleneck(x, block, blockName(stage, k));
        }
      });
      return through(x, convolution(scaled(1280), 1, 'top_conv'), normalize('top_bn'), swish('top_activation'));
    },
    classify: classifier(dropout),
    pretrained({ includeTop }) {
      const file = `${name}${includeTop ? '' : '_notop'}.h5`;
      const url = `https://storage.googleapis.com/keras-applications/${file}`;
      return { file, url, hash: hashOf(hashes, includeTop) };
    },
  });
};

/** The smallest EfficientNet (https://arxiv.org/abs/1905.11946). It takes pixels from 0 to 255. */
export const EfficientNetB0 = efficientnet(0, { width: 1, depth: 1, size: 224, dropout: 0.2 }, [
  '902e53a9f72be733fc0bcb005b3ebbac',
  '50bc09e76180e00e4465e1a485ddc09d',
]);
/** The same, deeper, for images of 240x240. */
export const EfficientNetB1 = efficientnet(1, { width: 1, depth: 1.1, size: 240, dropout: 0.2 }, [
  '1d254153d4ab51201f1646940f018540',
  '74c4e6b3e1f6a1eea24c589628592432',
]);
/** The same, wider too, for 260x260. */
export const EfficientNetB2 = efficientnet(2, { width: 1.1, depth: 1.2, size: 260, dropout: 0.3 }, [
  'b15cce36ff4dcbd00b6dd88e7857a6ad',
  '111f8e2ac8aa800a7a99e3239f7bfb39',
]);
/** The same for 300x300. */
export const EfficientNetB3 = efficientnet(3, { width: 1.2, depth: 1.4, size: 300, dropout: 0.3 }, [
  'ffd1fdc53d0ce67064dc6a9c7960ede0',
  'af6d107764bb5b1abb91932881670226',
]);
/** The same for 380x380. */
export const EfficientNetB4 = efficientnet(4, { width: 1.4, depth: 1.8, size: 380, dropout: 0.4 }, [
  '18c95ad55216b8f92d7e70b3a046e2fc',
  'ebc24e6d6c33eaebbd558eafbeedf1ba',
]);
/** The same for 456x456. */
export const EfficientNetB5 = efficientnet(5, { width: 1.6, depth: 2.2, size: 456, dropout: 0.4 }, [
  'ace28f2a6363774853a83a0b21b9421a',
  '38879255a25d3c92d5e44e04ae6cec6f',
]);
/** The same for 528x528. */
export const EfficientNetB6 = efficientnet(6, { width: 1.8, depth: 2.6, size: 528, dropout: 0.5 }, [
  '165f6e37dce68623721b423839de8be5',
  '9ecce42647a20130c1f39a5d4cb75743',
]);
/** The largest, for 600x600. */
export const EfficientNetB7 = efficientnet(7, { width: 2, depth: 3.1, size: 600, dropout: 0.5 }, [
  '8c03f828fec3ef71311cd463b6759d99',
  'cbcfe4450ddf6f3ad90b1b398090fe4a',
]);
