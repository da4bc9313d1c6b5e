import { type InitializerLike, VarianceScaling } from '../initializers/index.ts';
import { Activation, Add, Conv2D, Dense, Dropout, GlobalAveragePooling2D, Multiply, Reshape } from '../layers/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { type Chosen, through } from './application.ts';
import { channelsOf, imageShape } from './image-axes.ts';

// What the blocks of both EfficientNets share (https://arxiv.org/abs/1905.11946).

export const convolutionInitializer = () =>
  new VarianceScaling({ scale: 2, mode: 'fan_out', distribution: 'truncated_normal' });
export const swish = (name: string) => new Activation({ activation: 'swish', name });
/** A convolution without bias. */
export const convolution = (filters: number, kernelSize: number, name: string, strides = 1) =>
  new Conv2D({
    filters,
    kernelSize,
    strides,
    padding: 'same',
    useBias: false,
    kernelInitializer: convolutionInitializer(),
    name,
  });

/** Squeeze and excitation: a factor for each channel, computed from the means of all. */
export function squeezeExcite(x: Tensor, reduced: number, name: string): Tensor {
  const channels = channelsOf(x);
  const dense = (filters: number, activation: 'swish' | 'sigmoid', end: string) =>
    new Conv2D({
      filters,
      kernelSize: 1,
      padding: 'same',
      activation,
      kernelInitializer: convolutionInitializer(),
      name: `${name}se_${end}`,
    });
  const factor = through(
    x,
    new GlobalAveragePooling2D({ name: `${name}se_squeeze` }),
    new Reshape({ targetShape: imageShape(1, 1, channels) as number[], name: `${name}se_reshape` }),
    dense(reduced, 'swish', 'reduce'),
    dense(channels, 'sigmoid', 'expand'),
  );
  return new Multiply({ name: `${name}se_excite` })([x, factor]);
}

/** The shortcut around a block that training skips for a fraction `rate` of the images. */
export function shortcut(x: Tensor, block: Tensor, rate: number, name: string): Tensor {
  const kept = rate > 0 ? new Dropout({ rate, noiseShape: [null, 1, 1, 1], name: `${name}drop` })(block) : block;
  return new Add({ name: `${name}add` })([kept, x]);
}

/** The mean of each channel, dropout, and one Dense. */
export const classifier =
  (dropout: number, bias: () => InitializerLike = () => 'zeros') =>
  (features: Tensor, { classes, classifierActivation }: Chosen<object>): Tensor =>
    through(
      features,
      new GlobalAveragePooling2D({ name: 'avg_pool' }),
      new Dropout({ rate: dropout, name: 'top_dropout' }),
      new Dense({
        units: classes,
        activation: classifierActivation,
        kernelInitializer: new VarianceScaling({ scale: 1 / 3, mode: 'fan_out', distribution: 'uniform' }),
        biasInitializer: bias(),
        name: 'predictions',
      }),
    );

/** `block1a_`, `block1b_`, … `block2a_` … */
export const blockName = (stage: number, repeat: number): string =>
  `block${stage + 1}${String.fromCharCode(97 + repeat)}_`;
