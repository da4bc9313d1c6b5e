import { table } from '../../base/table.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Step, withOptions } from './described.ts';

/** Classes that used to have other names. */
const newNames: Readonly<Record<string, string>> = table({
  AtrousConvolution1D: 'Conv1D',
  AtrousConvolution2D: 'Conv2D',
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  Convolution3D: 'Conv3D',
  Deconvolution2D: 'Conv2DTranspose',
  Deconvolution3D: 'Conv3DTranspose',
  SeparableConvolution2D: 'SeparableConv2D',
  TimeDistributedDense: 'Dense',
  BatchNormalizationV1: 'BatchNormalization',
  BatchNormalizationV2: 'BatchNormalization',
  LayerNormalizationV2: 'LayerNormalization',
  LSTMV2: 'LSTM',
  GRUV2: 'GRU',
  L1L2Regularizer: 'L1L2',
  WeightRegularizer: 'L1L2',
  Policy: 'DTypePolicy',
  PolicyV1: 'DTypePolicy',
});

/** Gives classes their current names; registered ones were written with their package, as in `package>Name`. */
export const nameClasses: Step = (object) => {
  const { class_name: name } = object;
  if (name.includes('>') && !object.registered_name)
    return { ...object, class_name: name.split('>')[1], registered_name: name };
  if (name === 'Model' && isPlainObject(object.config) && 'layers' in object.config)
    return { ...object, class_name: 'Functional' };
  return Object.hasOwn(newNames, name) ? { ...object, class_name: newNames[name] } : object;
};

/** Recurrent layers that only ran on GPUs, with these activations only. */
export const unfuseRecurrence: Step = (object) => {
  const [, name] = /^CuDNN(LSTM|GRU)$/.exec(object.class_name) ?? [];
  if (!name) return object;
  return withOptions({ ...object, class_name: name }, (options) => ({
    ...options,
    activation: 'tanh',
    recurrent_activation: 'sigmoid',
    ...(name === 'GRU' && { reset_after: true }),
  }));
};
