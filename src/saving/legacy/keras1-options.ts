import type { Config } from '../../base/registry/serialize.ts';
import { table } from '../../base/table.ts';
import { isPlainObject } from '../../base/tree.ts';
import { isDescribed, renamed, type Step, withOptions, without } from './described.ts';

/** Keras 1 options that were renamed in every class that had them. */
const everywhere: Readonly<Record<string, string>> = table({
  W_constraint: 'kernel_constraint',
  W_regularizer: 'kernel_regularizer',
  U_regularizer: 'recurrent_regularizer',
  b_constraint: 'bias_constraint',
  b_regularizer: 'bias_regularizer',
  beta_init: 'beta_initializer',
  bias: 'use_bias',
  border_mode: 'padding',
  concat_axis: 'axis',
  depthwise_init: 'depthwise_initializer',
  dropout_U: 'recurrent_dropout',
  dropout_W: 'dropout',
  gamma_init: 'gamma_initializer',
  init: 'kernel_initializer',
  inner_activation: 'recurrent_activation',
  inner_init: 'recurrent_initializer',
  nb_filter: 'filters',
  output_dim: 'units',
  p: 'rate',
  pointwise_init: 'pointwise_initializer',
  pool_length: 'pool_size',
  sigma: 'stddev',
  stride: 'strides',
  subsample: 'strides',
  subsample_length: 'strides',
  filter_length: 'kernel_size',
  atrous_rate: 'dilation_rate',
});
/** Names that mean something else in certain classes. */
const within: Readonly<Record<string, Readonly<Record<string, string>>>> = table({
  Embedding: table({
    init: 'embeddings_initializer',
    output_dim: 'output_dim',
    W_constraint: 'embeddings_constraint',
    W_regularizer: 'embeddings_regularizer',
    dropout: 'dropout',
  }),
  UpSampling1D: table({ length: 'size' }),
});
const signs = ['init', 'W_regularizer', 'border_mode', 'nb_filter', 'pool_length', 'inner_activation', 'gamma_init'];
const others = [
  'p',
  'sigma',
  'dim_ordering',
  'consume_less',
  'subsample_length',
  'filter_length',
  'inner_init',
  'length',
];
const isOfKeras1 = (options: Config): boolean => [...signs, ...others].some((key) => key in options);
const leftOut = ['consume_less', 'input_dim', 'input_length', 'weights', 'mode'];
const orders: Readonly<Record<string, string>> = table({ tf: 'channels_last', th: 'channels_first' });
const startValues: Readonly<Record<string, string>> = table({ one: 'ones', zero: 'zeros', normal: 'random_normal' });

/** Options of layers as Keras 1 called them. */
export const renameKeras1Options: Step = (object, { key, isOld }) => {
  if (!isOld || /regularizer$|constraint$/.test(key)) return object;
  return withOptions(object, (given) => {
    if (!isOfKeras1(given)) return given;
    const { dim_ordering, nb_row, nb_col, forget_bias_init, ...kept } = given;
    // The output shape of a transposed convolution follows from its other options.
    const rest = object.class_name === 'Conv2DTranspose' ? without(kept, ['output_shape']) : kept;
    const options = renamed(rest, { ...everywhere, ...within[object.class_name] });
    const isEmbedding = object.class_name === 'Embedding';
    return {
      ...without(options, isEmbedding ? leftOut.filter((key) => key !== 'input_dim') : leftOut),
      ...(typeof dim_ordering === 'string' && { data_format: orders[dim_ordering] ?? dim_ordering }),
      ...(nb_row !== undefined && { kernel_size: [nb_row, nb_col] }),
      ...(forget_bias_init !== undefined && { unit_forget_bias: forget_bias_init === 'one' }),
      ...Object.fromEntries(
        Object.entries(options).flatMap(([key, value]) =>
          key.endsWith('_initializer') && typeof value === 'string' && Object.hasOwn(startValues, value)
            ? [[key, startValues[value]]]
            : [],
        ),
      ),
    };
  });
};

/** Keras 1 described regularizers and constraints as `{ name, l2 }`. */
export function describeByName(x: unknown): unknown {
  if (!isPlainObject(x) || isDescribed(x) || typeof x['name'] !== 'string') return x;
  const { name, m, ...options } = x;
  return { class_name: name, config: m === undefined ? options : { ...options, max_value: m } };
}

/** `Merge` had a mode; today each mode is a layer. */
const merges: Readonly<Record<string, string>> = table({
  concat: 'Concatenate',
  sum: 'Add',
  mul: 'Multiply',
  ave: 'Average',
  max: 'Maximum',
  dot: 'Dot',
});
export const splitMerge: Step = (object) => {
  if (object.class_name !== 'Merge' || !isPlainObject(object.config)) return object;
  const { name, mode, concat_axis = -1, dot_axes = -1 } = object.config;
  const class_name = merges[String(mode)];
  if (!class_name) return object;
  const options = class_name === 'Concatenate' ? { axis: concat_axis } : class_name === 'Dot' ? { axes: dot_axes } : {};
  // Ops have the same names.
  return { ...object, module: 'keras.layers', class_name, config: { name, ...options } };
};
