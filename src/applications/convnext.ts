import { LayerScale } from '../layers/from-files/index.ts';
import {
  Activation,
  Conv2D,
  Dense,
  GlobalAveragePooling2D,
  LayerNormalization,
  Normalization,
} from '../layers/index.ts';
import { Sequential } from '../models/index.ts';
import { add } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, application, type Chosen, through } from './application.ts';
import { folder, type Hashes, hashOf } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { asItIs as preprocessInput } from './preprocess-input.ts';

/** What ConvNeXt takes besides the options of all applications. */
export interface ConvNeXtOptions {
  /** Whether the model includes the normalisation of pixels from 0…255. True by default. */
  readonly includePreprocessing?: boolean;
}

const normalize = (name?: string) => new LayerNormalization({ epsilon: 1e-6, ...(name && { name }) });

/** A depthwise convolution and two dense layers over the channels, with a shortcut. */
function block(x: Tensor, channels: number, name: string): Tensor {
  const y = through(
    x,
    new Conv2D({
      filters: channels,
      kernelSize: 7,
      padding: 'same',
      groups: channels,
      name: `${name}_depthwise_conv`,
    }),
    normalize(`${name}_layernorm`),
    new Dense({ units: 4 * channels, name: `${name}_pointwise_conv_1` }),
    new Activation({ activation: 'gelu', name: `${name}_gelu` }),
    new Dense({ units: channels, name: `${name}_pointwise_conv_2` }),
    new LayerScale({ initValues: 1e-6, projectionDim: channels, name: `${name}_layer_scale` }),
    new Activation({ activation: 'linear', name: `${name}_identity` }),
  );
  return add(x, y);
}
/** Turns patches of the image into the first map. */
const stem = (channels: number, name: string) =>
  new Sequential({
    layers: [
      new Conv2D({ filters: channels, kernelSize: 4, strides: 4, name: `${name}_stem_conv` }),
      normalize(`${name}_stem_layernorm`),
    ],
    name: `${name}_stem`,
  });
/** Halves height and width and adds channels. */
const downsampling = (channels: number, name: string, index: number) =>
  new Sequential({
    layers: [
      normalize(`${name}_downsampling_layernorm_${index}`),
      new Conv2D({ filters: channels, kernelSize: 2, strides: 2, name: `${name}_downsampling_conv_${index}` }),
    ],
    name: `${name}_downsampling_block_${index}`,
  });

const convnext = (
  size: string,
  depths: readonly number[],
  widths: readonly number[],
  hashes: Hashes,
): Application<ConvNeXtOptions> => {
  const variant = `convnext_${size.toLowerCase()}`;
  const nameOf = ({ name }: Chosen<ConvNeXtOptions>): string => name ?? variant;
  return application<ConvNeXtOptions>(`ConvNeXt${size}`, {
    name: variant,
    size: 224,
    least: 32,
    defaults: { includePreprocessing: true },
    channelsLast: true,
    hasOneInput: true,
    features(images, options) {
      const name = nameOf(options);
      let x = images;
      if (options.includePreprocessing && options.inputShape[2] === 3)
        x = new Normalization({
          mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
          variance: [(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2],
          name: `${name}_prestem_normalization`,
        })(x);
      const entries = widths.map((width, k) => (k === 0 ? stem(width, name) : downsampling(width, name, k - 1)));
      entries.forEach((entry, stage) => {
        x = entry(x);
        for (let k = 0; k < depths[stage]; k++) x = block(x, widths[stage], `${name}_stage_${stage}_block_${k}`);
      });
      return x;
    },
    classify(features, options) {
      const name = nameOf(options);
      const { classes, classifierActivation } = options;
      return through(
        features,
        new GlobalAveragePooling2D({ name: `${name}_head_gap` }),
        normalize(`${name}_head_layernorm`),
        new Dense({ units: classes, activation: classifierActivation, name: `${name}_head_dense` }),
      );
    },
    finish: (pooled) => normalize()(pooled),
    pretrained({ includeTop }) {
      const file = `${variant}${includeTop ? '' : '_notop'}.h5`;
      return { file, url: `${folder}convnext/${file}`, hash: hashOf(hashes, includeTop) };
    },
  });
};

/** The smallest ConvNeXt (https://arxiv.org/abs/2201.03545). It takes pixels from 0 to 255. */
export const ConvNeXtTiny = convnext(
  'Tiny',
  [3, 3, 9, 3],
  [96, 192, 384, 768],
  [
    '8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff',
    'd547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1',
  ],
);
/** The same, deeper. */
export const ConvNeXtSmall = convnext(
  'Small',
  [3, 3, 27, 3],
  [96, 192, 384, 768],
  [
    'ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c',
    '6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab',
  ],
);
/** The same, wider. */
export const ConvNeXtBase = convnext(
  'Base',
  [3, 3, 27, 3],
  [128, 256, 512, 1024],
  [
    '52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6',
    '40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45',
  ],
);
/** The same, wider still. */
export const ConvNeXtLarge = convnext(
  'Large',
  [3, 3, 27, 3],
  [192, 384, 768, 1536],
  [
    '070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6',
    '96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd',
  ],
);
/** The largest. */
export const ConvNeXtXLarge = convnext(
  'XLarge',
  [3, 3, 27, 3],
  [256, 512, 1024, 2048],
  [
    'c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee',
    'de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05',
  ],
);
