import { fail } from '../base/errors.ts';
import type { SymbolicShape } from '../base/shape.ts';
import {
  Activation,
  Add,
  BatchNormalization,
  Conv2D,
  DepthwiseConv2D,
  Dropout,
  Flatten,
  GlobalAveragePooling2D,
  Multiply,
  ReLU,
  Rescaling,
  ZeroPadding2D,
} from '../layers/index.ts';
import { add, multiply } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Application, type ApplicationOptions, application, type Chosen, through } from './application.ts';
import { channelAxisFromEnd, channelsOf, divisibleBy8, imageShape, paddingBeforeStride } from './image-axes.ts';
import { requireSides } from './input-shape.ts';
import { folder, type Hashes, hashOf, type PretrainedFile } from './pretrained.ts';

export { decodePredictions } from './decode-predictions.ts';
export { asItIs as preprocessInput } from './preprocess-input.ts';

/** What MobileNetV3 takes besides the options of all applications. */
export interface MobileNetV3Options {
  /** Factor of the number of channels in all layers. 1 by default. */
  readonly alpha?: number;
  /** Whether to avoid what some accelerators lack: windows of 5, hard swish, squeeze and excitation. False by default. */
  readonly minimalistic?: boolean;
  /** Fraction of the features that training drops before the classifier. 0.2 by default. */
  readonly dropoutRate?: number;
  /** Whether the model includes the scaling of pixels from 0…255 to -1…1. True by default. */
  readonly includePreprocessing?: boolean;
}
type Options = Chosen<MobileNetV3Options>;

const normalize = (name: string) =>
  new BatchNormalization({ axis: channelAxisFromEnd(), epsilon: 1e-3, momentum: 0.999, name });
const pointwise = (filters: number, name: string, useBias = false) =>
  new Conv2D({ filters, kernelSize: 1, padding: 'same', useBias, name });
type Activate = () => (x: Tensor) => Tensor;
const relu: Activate = () => new ReLU();
const hardSwish: Activate = () => new Activation({ activation: 'hard_swish' });

/** Squeeze and excitation: a factor for each channel, computed from the means of all. */
function squeezeExcite(x: Tensor, prefix: string): Tensor {
  const filters = channelsOf(x);
  const name = `${prefix}squeeze_excite_`;
  const y = through(
    x,
    new GlobalAveragePooling2D({ keepdims: true, name: `${name}avg_pool` }),
    pointwise(divisibleBy8(filters * 0.25), `${name}conv`, true),
    new ReLU({ name: `${name}relu` }),
    pointwise(filters, `${name}conv_1`, true),
  );
  // The hard sigmoid.
  const factor = multiply(new ReLU({ maxValue: 6 })(add(y, 3)), 1 / 6);
  return new Multiply({ name: `${name}mul` })([x, factor]);
}

/** Expansion, width, window, stride, whether channels get factors, whether the activation is always ReLU. */
type Block = readonly [
  expansion: number,
  filters: number,
  window: 3 | 5,
  stride: number,
  excite: boolean,
  relu: boolean,
];

function invertedResidual(x: Tensor, block: Block, { alpha, minimalistic }: Options, id: number): Tensor {
  const [expansion, width, window, stride, excite, isRelu] = block;
  const prefix = id === 0 ? 'expanded_conv_' : `expanded_conv_${id}_`;
  const activate = isRelu || minimalistic ? relu : hardSwish;
  const kernelSize = minimalistic ? 3 : window;
  const channels = channelsOf(x);
  const filters = divisibleBy8(width * alpha);
  const wide =
    id === 0
      ? x
      : through(
          x,
          pointwise(divisibleBy8(channels * expansion), `${prefix}expand`),
          normalize(`${prefix}expand_bn`),
          activate(),
        );
  const padding = paddingBeforeStride(wide, kernelSize);
  const padded = stride === 2 ? new ZeroPadding2D({ padding, name: `${prefix}depthwise_pad` })(wide) : wide;
  const deep = through(
    padded,
    new DepthwiseConv2D({
      kernelSize,
      strides: stride,
      padding: stride === 1 ? 'same' : 'valid',
      useBias: false,
      name: `${prefix}depthwise`,
    }),
    normalize(`${prefix}depthwise_bn`),
    activate(),
  );
  const y = through(
    excite && !minimalistic ? squeezeExcite(deep, prefix) : deep,
    pointwise(filters, `${prefix}project`),
    normalize(`${prefix}project_bn`),
  );
  return stride === 1 && channels === filters ? new Add({ name: `${prefix}add` })([x, y]) : y;
}

const small: readonly Block[] = [
  [1, 16, 3, 2, true, true],
  [72 / 16, 24, 3, 2, false, true],
  [88 / 24, 24, 3, 1, false, true],
  [4, 40, 5, 2, true, false],
  [6, 40, 5, 1, true, false],
  [6, 40, 5, 1, true, false],
  [3, 48, 5, 1, true, false],
  [3, 48, 5, 1, true, false],
  [6, 96, 5, 2, true, false],
  [6, 96, 5, 1, true, false],
  [6, 96, 5, 1, true, false],
];
const large: readonly Block[] = [
  [1, 16, 3, 1, false, true],
  [4, 24, 3, 2, false, true],
  [3, 24, 3, 1, false, true],
  [3, 40, 5, 2, true, true],
  [3, 40, 5, 1, true, true],
  [3, 40, 5, 1, true, true],
  [6, 80, 3, 2, false, false],
  [2.5, 80, 3, 1, false, false],
  [2.3, 80, 3, 1, false, false],
  [2.3, 80, 3, 1, false, false],
  [6, 112, 3, 1, true, false],
  [6, 112, 3, 1, true, false],
  [6, 160, 5, 2, true, false],
  [6, 160, 5, 1, true, false],
  [6, 160, 5, 1, true, false],
];

/** The shape of images: unknown sizes unless given, also with a top. */
function inputShapeOf(who: string, { inputShape, inputTensor }: Required<ApplicationOptions>): SymbolicShape {
  const given = inputShape ?? (inputTensor?.symbolicShape.slice(1) as SymbolicShape | undefined);
  if (given && given.length !== 3)
    fail(who, `its images have shape ${JSON.stringify(given)}`, 'give three sizes, as in [224, 224, 3]');
  if (given) requireSides(who, given, 32);
  return given ?? imageShape(null, null, 3);
}

/** Kind and width of the model -> hashes of its files. */
type HashesByWidth = Readonly<Record<string, Hashes>>;

const mobileNetV3 = (
  kind: 'Small' | 'Large',
  blocks: readonly Block[],
  lastWidth: number,
  hashes: HashesByWidth,
): Application<MobileNetV3Options> => {
  const who = `MobileNetV3${kind}`;
  return application<MobileNetV3Options>(who, {
    name: who,
    size: 224,
    least: 32,
    defaults: { alpha: 1, minimalistic: false, dropoutRate: 0.2, includePreprocessing: true },
    namesPooling: true,
    inputShape: (options) => inputShapeOf(who, options),
    features(images, options) {
      const activate = options.minimalistic ? relu : hardSwish;
      const pixels = options.includePreprocessing ? new Rescaling({ scale: 1 / 127.5, offset: -1 })(images) : images;
      const stem = through(
        pixels,
        new Conv2D({ filters: 16, kernelSize: 3, strides: 2, padding: 'same', useBias: false, name: 'conv' }),
        normalize('conv_bn'),
        activate(),
      );
      const x = blocks.reduce((x, block, id) => invertedResidual(x, block, options, id), stem);
      return through(x, pointwise(divisibleBy8(channelsOf(x) * 6), 'conv_1'), normalize('conv_1_bn'), activate());
    },
    classify(features, { classes, classifierActivation, alpha, minimalistic, dropoutRate }) {
      const width = alpha > 1 ? divisibleBy8(lastWidth * alpha) : lastWidth;
      return through(
        features,
        new GlobalAveragePooling2D({ keepdims: true }),
        pointwise(width, 'conv_2', true),
        (minimalistic ? relu : hardSwish)(),
        ...(dropoutRate > 0 ? [new Dropout({ rate: dropoutRate })] : []),
        pointwise(classes, 'logits', true),
        new Flatten(),
        new Activation({ activation: classifierActivation, name: 'predictions' }),
      );
    },
    refuseForImagenet({ alpha, minimalistic }) {
      if (!(minimalistic ? [1] : [0.75, 1]).includes(alpha))
        fail(who, `alpha is ${alpha}`, 'with the weights of ImageNet give 0.75 or 1, and 1 where minimalistic is true');
    },
    pretrained({ alpha, minimalistic, includeTop }): PretrainedFile {
      const variant = `${kind.toLowerCase()}${minimalistic ? '_minimalistic' : ''}_224_${alpha === 1 ? '1.0' : alpha}_float`;
      const file = `weights_mobilenet_v3_${variant}${includeTop ? '' : '_no_top_v2'}.h5`;
      return { file, url: `${folder}mobilenet_v3/${file}`, hash: hashOf(hashes[variant], includeTop) };
    },
  });
};

/**
 * The smaller MobileNetV3 (https://arxiv.org/abs/1905.02244). It takes pixels from 0 to 255.
 * @example keras.applications.MobileNetV3Small({ weights: null }).inputShape // [null, null, null, 3]
 */
export const MobileNetV3Small = mobileNetV3('Small', small, 1024, {
  'small_224_0.75_float': ['cb65d4e5be93758266aa0a7f2c6708b7', 'ebdb5cc8e0b497cd13a7c275d475c819'],
  'small_224_1.0_float': ['8768d4c2e7dee89b9d02b2d03d65d862', 'd3e8ec802a04aa4fc771ee12a9a9b836'],
  'small_minimalistic_224_1.0_float': ['99cd97fb2fcdad2bf028eb838de69e37', 'cde8136e733e811080d9fcd8a252f7e4'],
});
/** The larger MobileNetV3. */
export const MobileNetV3Large = mobileNetV3('Large', large, 1280, {
  'large_224_0.75_float': ['765b44a33ad4005b3ac83185abf1d0eb', '40af19a13ebea4e2ee0c676887f69a2e'],
  'large_224_1.0_float': ['59e551e166be033d707958cf9e29a6a7', '07fb09a5933dd0c8eaafa16978110389'],
  'large_minimalistic_224_1.0_float': ['675e7b876c45c57e9e63e6d90a36599c', 'ec5221f64a2f6d1ef965a614bdae7973'],
});
