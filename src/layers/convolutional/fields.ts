import { activationField } from '../../activations/field.ts';
import { f } from '../../base/field/field.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { regularizerField } from '../../regularizers/field.ts';
import { dataFormatField } from '../data-format.ts';
import { loraFields } from '../layer/lora.ts';

/** Options that all convolutions over `rank` spatial axes share. */
export const windowFields = (rank: number) => ({
  /** Size of the window along each spatial axis. */
  kernelSize: f.sizes(rank),
  /** Step of the window along each spatial axis. */
  strides: f.sizes(rank, 1),
  /** `valid`: the window stays inside; `same`: padded with zeros, so that `ceil(size / stride)` windows fit. */
  padding: paddingField,
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
  /** Spacing of the window's taps. */
  dilationRate: f.sizes(rank, 1),
  /** Function applied to the result. */
  activation: activationField(),
  /** Whether a learned number is added to each output channel. */
  useBias: f.bool(true),
  /** Initializer of the bias; zeros by default. */
  biasInitializer: initializerField('zeros'),
  /** Penalty on the bias, added to the loss. */
  biasRegularizer: regularizerField(),
  /** Penalty on the output of the layer, added to the loss. */
  activityRegularizer: regularizerField(),
  /** Applied to the bias after each update. */
  biasConstraint: constraintField(),
});
const paddingField = f.oneOf(['valid', 'same'], 'valid');
/** In one dimension all zeros may come first, so that no output depends on later inputs. */
export const causalPaddingField = f.oneOf(['valid', 'same', 'causal'], 'valid');

/** Options of the weights of a convolution with one kernel. */
export const kernelFields = {
  /** Initializer of the kernel; `'glorot_uniform'` by default. */
  kernelInitializer: initializerField('glorot_uniform'),
  /** Penalty on the kernel, added to the loss. */
  kernelRegularizer: regularizerField(),
  /** Applied to the kernel after each update. */
  kernelConstraint: constraintField(),
};

/** Options of a convolution over `rank` spatial axes. */
export const convFields = (rank: number) => ({
  /** Number of output channels. */
  filters: f.int({ min: 1 }),
  ...windowFields(rank),
  /** Number of groups of channels, each of which is convolved separately. */
  groups: f.int({ initial: 1, min: 1 }),
  ...kernelFields,
  ...loraFields,
});

/** Options of a transposed convolution over `rank` spatial axes. */
export const convTransposeFields = (rank: number) => ({
  /** Number of output channels. */
  filters: f.int({ min: 1 }),
  ...windowFields(rank),
  /** How much longer the output is along each axis than the shortest possible; null chooses it to fit `padding`. */
  outputPadding: f.nullable(f.sizes(rank, undefined, { min: 0 })),
  ...kernelFields,
});

/** Options of the kernel of a convolution of each channel on its own. */
export const depthwiseFields = (rank: number) => ({
  ...windowFields(rank),
  /** Number of output channels for each input channel. */
  depthMultiplier: f.int({ initial: 1, min: 1 }),
  /** Initializer of the depthwise kernel; `'glorot_uniform'` by default. */
  depthwiseInitializer: initializerField('glorot_uniform'),
  /** Penalty on the depthwise kernel, added to the loss. */
  depthwiseRegularizer: regularizerField(),
  /** Applied to the depthwise kernel after each update. */
  depthwiseConstraint: constraintField(),
});

/** Options of a convolution of each channel on its own, then over the channels. */
export const separableFields = (rank: number) => ({
  /** Number of output channels. */
  filters: f.int({ min: 1 }),
  ...depthwiseFields(rank),
  /** Initializer of the pointwise kernel; `'glorot_uniform'` by default. */
  pointwiseInitializer: initializerField('glorot_uniform'),
  /** Penalty on the pointwise kernel, added to the loss. */
  pointwiseRegularizer: regularizerField(),
  /** Applied to the pointwise kernel after each update. */
  pointwiseConstraint: constraintField(),
});
