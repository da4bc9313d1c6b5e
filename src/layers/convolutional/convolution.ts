import type { Activation } from '../../activations/index.ts';
import type { DataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import type { Resolved } from '../../base/field/field.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import type { InitializerFunction } from '../../initializers/index.ts';
import { add, conv, pad, reshape } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { channelAxis, spatialShape } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import type { AnyLayer, WeightOptions } from '../layer/layer.ts';
import type { Lora, LoraOptions } from '../layer/lora.ts';
import type { convFields, depthwiseFields } from './fields.ts';

type Penalty = WeightOptions['regularizer'];
/** What the functions of this folder need of a layer. */
export interface Convolutional extends Pick<AnyLayer, 'addWeight' | 'className' | 'name' | 'inputSpec'> {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly dilationRate: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly dataFormat: DataFormat;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly biasInitializer: InitializerFunction;
  readonly biasRegularizer: NonNullable<Penalty> | null;
  readonly biasConstraint: NonNullable<WeightOptions['constraint']> | null;
  bias: Variable | null;
}
type Conv = Convolutional &
  Pick<
    Resolved<ReturnType<typeof convFields>>,
    'filters' | 'groups' | 'kernelInitializer' | 'kernelRegularizer' | 'kernelConstraint' | 'loraRank' | 'loraAlpha'
  > & { kernel: Variable; lora: Lora | null; enableLora(rank: number, options?: LoraOptions): void };

/** Refuses strides and dilation rates that are both greater than 1. */
export function checkWindow(layer: Convolutional): void {
  const { strides, dilationRate } = layer;
  if (strides.some((n) => n > 1) && dilationRate.some((n) => n > 1))
    fail(
      layer,
      `strides [${strides.join(', ')}] and dilationRate [${dilationRate.join(', ')}] cannot both be greater than 1`,
      'leave one of them at 1',
    );
}

/** Number of input channels, which the weights depend on; the input must keep it. */
export function channelsOf(layer: Convolutional, inputShape: SymbolicShape): number {
  const axis = channelAxis(layer.dataFormat);
  const channels = inputShape.at(axis);
  if (channels === null || channels === undefined)
    fail(
      layer,
      `the number of channels is not known: inputs have shape ${showShape(inputShape)}`,
      `give axis ${axis} of the input a size`,
    );
  const ndim = layer.kernelSize.length + 2;
  layer.inputSpec = { minNdim: ndim, maxNdim: ndim, axes: { [axis]: channels } } satisfies InputSpec;
  return channels;
}

/** Refuses inputs into which the window does not fit. */
export function checkFit(layer: Convolutional, inputShape: SymbolicShape): void {
  if (layer.padding !== 'valid') return;
  spatialShape(layer.dataFormat, inputShape).forEach((size, d) => {
    const reach = (layer.kernelSize[d] - 1) * layer.dilationRate[d] + 1;
    if (size !== null && size < reach)
      fail(
        layer,
        `the window of kernelSize [${layer.kernelSize.join(', ')}] does not fit into inputs of shape ${showShape(inputShape)}: along spatial dimension ${d} it covers ${reach} of ${size}`,
        'use padding: "same", a smaller kernelSize, or a larger input',
      );
  });
}

/** The bias, if the layer wants one. */
export function addBias(layer: Convolutional, channels: number): void {
  if (!layer.useBias) return;
  layer.bias = layer.addWeight({
    name: 'bias',
    shape: [channels],
    initializer: layer.biasInitializer,
    regularizer: layer.biasRegularizer,
    constraint: layer.biasConstraint,
  });
}

type Depthwise = Convolutional &
  Pick<
    Resolved<ReturnType<typeof depthwiseFields>>,
    'depthMultiplier' | 'depthwiseInitializer' | 'depthwiseRegularizer' | 'depthwiseConstraint'
  >;
/** The kernel of a convolution of each channel on its own: `[…k, channels, depthMultiplier]`. */
export const addDepthwise = (layer: Depthwise, name: string, channels: number): Variable =>
  layer.addWeight({
    name,
    shape: [...layer.kernelSize, channels, layer.depthMultiplier],
    initializer: layer.depthwiseInitializer,
    regularizer: layer.depthwiseRegularizer,
    constraint: layer.depthwiseConstraint,
  });

/** Adds the bias to each channel and applies the activation. */
export function finish(layer: Convolutional, y: Tensor): Tensor {
  const { bias, dataFormat, kernelSize } = layer;
  if (!bias) return layer.activation(y);
  const spread = dataFormat === 'channels_first' ? reshape(bias, [1, bias.shape[0], ...kernelSize.map(() => 1)]) : bias;
  return layer.activation(add(y, spread));
}

/** `dataFormat`, `strides`, … as the ops take them; causal padding is added by hand. */
export function windowOf(layer: Convolutional) {
  const { strides, dilationRate, dataFormat, padding } = layer;
  return {
    strides: [...strides],
    dilationRate: [...dilationRate],
    dataFormat,
    padding: padding === 'causal' ? ('valid' as const) : padding,
  };
}
/** With causal padding, puts zeros before the first step; otherwise returns `x`. */
export function padCausally(layer: Convolutional, x: Tensor): Tensor {
  if (layer.padding !== 'causal') return x;
  const before = [layer.dilationRate[0] * (layer.kernelSize[0] - 1), 0] as const;
  return pad(x, layer.dataFormat === 'channels_last' ? [[0, 0], before, [0, 0]] : [[0, 0], [0, 0], before]);
}

/** Refuses options of a convolution that do not go together. */
export function checkConv(layer: Conv): void {
  checkWindow(layer);
  if (layer.filters % layer.groups !== 0)
    fail(
      layer,
      `${layer.filters} filters cannot be divided into ${layer.groups} groups`,
      'make `filters` a multiple of `groups`',
    );
}
/** The kernel `[…k, channels / groups, filters]` and the bias. */
export function buildConv(layer: Conv, inputShape: SymbolicShape): void {
  const channels = channelsOf(layer, inputShape);
  if (channels % layer.groups !== 0)
    fail(
      layer,
      `${channels} input channels cannot be divided into ${layer.groups} groups (inputs have shape ${showShape(inputShape)})`,
      'make the number of channels a multiple of `groups`',
    );
  checkFit(layer, inputShape);
  layer.kernel = layer.addWeight({
    name: 'kernel',
    shape: [...layer.kernelSize, channels / layer.groups, layer.filters],
    initializer: layer.kernelInitializer,
    regularizer: layer.kernelRegularizer,
    constraint: layer.kernelConstraint,
  });
  addBias(layer, layer.filters);
  if (layer.loraRank !== null) layer.enableLora(layer.loraRank, { loraAlpha: layer.loraAlpha });
}
/** `activation(x * kernel + bias)`. */
export const callConv = (layer: Conv, x: Tensor): Tensor =>
  finish(layer, conv(padCausally(layer, x), layer.lora?.read() ?? layer.kernel, windowOf(layer)));
