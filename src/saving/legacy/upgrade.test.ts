import { expect, it } from 'vitest';
import * as keras from '../../index.ts';
import { upgradeModel, upgradeTrainingConfig } from './upgrade.ts';

const old = { isOld: true };
const layer = (class_name: string, config: object = {}) => ({ class_name, config: { name: 'a', ...config } });
/** What becomes of the options of one layer. */
const upgraded = (class_name: string, config: object): Record<string, unknown> =>
  (upgradeModel(layer(class_name, config), old) as { config: Record<string, unknown> }).config;

it('reads a Sequential that is a list, and makes the Input that its first layer asks for', () => {
  const list = [
    layer('Dense', { units: 2, batch_input_shape: [null, 3], dtype: 'float32' }),
    { class_name: 'Activation', config: { name: 'b', activation: 'relu' } },
  ];
  const text = JSON.stringify({
    class_name: 'Sequential',
    config: list,
    keras_version: '2.1.2',
    backend: 'tensorflow',
  });
  const model = keras.models.modelFromJson<keras.Model>(text);
  expect(model.inputShape).toEqual([null, 3]);
  expect(model.layers.map((l) => l.className)).toEqual(['Dense', 'Activation']);
  expect(model.countParams()).toBe(8);
});
it('finds the shape of the input within wrappers and models', () => {
  const dense = layer('Dense', { units: 2, batch_input_shape: [null, 3] });
  const wrapped = layer('TimeDistributed', { layer: layer('Dense', { units: 2 }), batch_input_shape: [null, 5, 3] });
  const shapeOf = (first: object): unknown => {
    const { config } = upgradeModel({ class_name: 'Sequential', config: [first] }, old) as {
      config: { layers: any[] };
    };
    return config.layers[0].config.batch_shape;
  };
  expect(shapeOf({ class_name: 'Sequential', config: [dense] })).toEqual([null, 3]);
  expect(shapeOf(wrapped)).toEqual([null, 5, 3]);
  expect(shapeOf(layer('Embedding', { input_dim: 4, output_dim: 2, batch_input_shape: [null, 7] }))).toEqual([null, 7]);
});
it('translates the options of Keras 1', () => {
  const conv = {
    nb_filter: 4,
    nb_row: 3,
    nb_col: 5,
    subsample: [2, 2],
    border_mode: 'same',
    dim_ordering: 'tf',
    init: 'glorot_uniform',
    bias: true,
    W_regularizer: { name: 'WeightRegularizer', l1: 0, l2: 0.5 },
    W_constraint: { name: 'MaxNorm', m: 3, axis: 0 },
    b_regularizer: null,
    activity_regularizer: null,
  };
  expect(upgradeModel(layer('Convolution2D', conv), old)).toMatchObject({
    class_name: 'Conv2D',
    config: {
      filters: 4,
      kernel_size: [3, 5],
      strides: [2, 2],
      padding: 'same',
      data_format: 'channels_last',
      kernel_initializer: 'glorot_uniform',
      use_bias: true,
      kernel_regularizer: { class_name: 'L1L2', config: { l1: 0, l2: 0.5 } },
      kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 3, axis: 0 } },
    },
  });
  const lstm = {
    output_dim: 3,
    inner_init: 'orthogonal',
    inner_activation: 'hard_sigmoid',
    forget_bias_init: 'one',
    init: 'glorot_uniform',
    U_regularizer: null,
    dropout_W: 0.1,
    dropout_U: 0,
    consume_less: 'cpu',
    input_dim: 2,
    input_length: null,
  };
  expect(upgraded('LSTM', lstm)).toEqual({
    name: 'a',
    units: 3,
    recurrent_initializer: 'orthogonal',
    recurrent_activation: expect.objectContaining({ config: 'keras2_hard_sigmoid' }),
    kernel_initializer: 'glorot_uniform',
    unit_forget_bias: true,
    recurrent_regularizer: null,
    dropout: 0.1,
    recurrent_dropout: 0,
  });
  expect(upgraded('Dropout', { p: 0.5 })).toEqual({ name: 'a', rate: 0.5 });
  expect(upgradeModel(layer('Merge', { mode: 'concat', concat_axis: 1 }), old)).toMatchObject({
    class_name: 'Concatenate',
    config: { axis: 1 },
  });
  // What Keras 1 called `init` makes the embeddings.
  expect(
    upgraded('Embedding', { input_dim: 5, output_dim: 2, init: 'uniform', dropout: 0, W_constraint: null }),
  ).toMatchObject({
    input_dim: 5,
    output_dim: 2,
    embeddings_initializer: 'uniform',
  });
});
it('reads layers of Keras 1 that had other options or more of them', () => {
  expect(upgraded('UpSampling1D', { length: 3 })).toEqual({ name: 'a', size: 3 });
  expect(upgraded('Embedding', { input_dim: 5, output_dim: 2, init: 'uniform', dropout: 0 })).not.toHaveProperty(
    'dropout',
  );
  const normal = { mode: 0, axis: -1, epsilon: 1e-3, momentum: 0.99, gamma_regularizer: null, beta_regularizer: null };
  expect(upgraded('BatchNormalization', normal)).not.toHaveProperty('mode');
  // Statistics of each sample, which no layer takes today, are refused by the option's name.
  expect(upgraded('BatchNormalization', { ...normal, mode: 1 })).toHaveProperty('mode', 1);
  const transposed = { nb_filter: 2, nb_row: 3, nb_col: 3, output_shape: [null, 8, 8, 2], border_mode: 'same' };
  const found = upgradeModel(layer('Deconvolution2D', transposed), old) as { class_name: string; config: object };
  expect(found).toMatchObject({ class_name: 'Conv2DTranspose', config: { filters: 2, kernel_size: [3, 3] } });
  expect(found.config).not.toHaveProperty('output_shape');
});
it('drops what says nothing, and keeps what asks for something', () => {
  const initializer = layer('GlorotUniform', { seed: null, dtype: 'float32' });
  const found = upgraded('SpatialDropout2D', {
    rate: 0.2,
    noise_shape: null,
    seed: null,
    data_format: 'channels_last',
  });
  expect(found).toEqual({ name: 'a', rate: 0.2, seed: null, data_format: 'channels_last' });
  expect(upgraded('Dense', { units: 1, kernel_initializer: initializer })['kernel_initializer']).toMatchObject({
    module: 'keras.initializers',
    config: { name: 'a', seed: null },
  });
  expect(upgraded('Conv2DTranspose', { filters: 1, kernel_size: 1, groups: 1 })).not.toHaveProperty('groups');
  expect(upgraded('Conv2DTranspose', { filters: 1, kernel_size: 1, groups: 2 })).toHaveProperty('groups');
  expect(upgraded('LeakyReLU', { alpha: { type: 'ndarray', value: 0.5 } })).toEqual({ name: 'a', negative_slope: 0.5 });
  expect(upgraded('MultiHeadAttention', { num_heads: 2, key_dim: 3, query_shape: [1, 2, 3], key_shape: null })).toEqual(
    {
      name: 'a',
      num_heads: 2,
      key_dim: 3,
    },
  );
  expect(() => upgraded('LSTM', { units: 1, time_major: true })).toThrow('time_major');
});
it('gives old files the hard_sigmoid of then: clip(0.2 x + 0.5, 0, 1)', async () => {
  const config = [layer('Activation', { activation: 'hard_sigmoid', batch_input_shape: [null, 3] })];
  const text = JSON.stringify({ class_name: 'Sequential', config, keras_version: '2.2.4' });
  const model = keras.models.modelFromJson<keras.Model>(text);
  const y = await (await model.predict(keras.tensor([[-4, 0.5, 1]]))).array();
  expect(y).toEqual([[0, expect.closeTo(0.6), expect.closeTo(0.7)]]);
  const again = keras.models.modelFromJson<keras.Model>(model.toJson());
  expect(await (await again.predict(keras.tensor([[-4, 0.5, 1]]))).array()).toEqual(y);
});
it('says that Python code cannot run, and takes a function for it', async () => {
  const code = layer('Lambda', {
    function: ['4wEAAAAA', null, null],
    function_type: 'lambda',
    batch_input_shape: [null, 1],
  });
  const text = JSON.stringify({ class_name: 'Sequential', config: [code], keras_version: '2.2.4' });
  expect(() => keras.models.modelFromJson(text)).toThrow(/Python code.*\n.*customObjects/);
  const customObjects = { a: (x: keras.Tensor) => x.mul(3) };
  const model = keras.models.modelFromJson<keras.Model>(text, { customObjects });
  expect(await (await model.predict(keras.tensor([[2]]))).array()).toEqual([[6]]);
});
it('names what TensorFlow function it does not know', () => {
  const call = {
    class_name: 'TFOpLambda',
    config: { name: 'f', function: 'math.bessel_i0' },
    name: 'f',
    inbound_nodes: [['x', 0, 0, {}]],
  };
  const input = {
    class_name: 'InputLayer',
    config: { name: 'x', batch_input_shape: [null, 1] },
    name: 'x',
    inbound_nodes: [],
  };
  const config = { layers: [input, call], input_layers: [['x', 0, 0]], output_layers: [['f', 0, 0]] };
  expect(() => upgradeModel({ class_name: 'Functional', config }, old)).toThrow('tf.math.bessel_i0');
});
it('reads nodes of TensorFlow graphs, constants and slices among them', async () => {
  const node = (name: string, op: string, constants: object, attr: object, from: string) => ({
    class_name: 'TensorFlowOpLayer',
    config: { name, node_def: JSON.stringify({ name, op, attr }), constants },
    name,
    inbound_nodes: [[[from, 0, 0, {}]]],
  });
  const layers = [
    { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 4] }, name: 'x', inbound_nodes: [] },
    node('m', 'Mul', { 1: 2 }, {}, 'x'),
    node(
      's',
      'StridedSlice',
      { 1: [0, 1], 2: [0, 3], 3: [1, 1] },
      { begin_mask: { i: '1' }, end_mask: { i: '1' } },
      'm',
    ),
    node('r', 'Sum', { 1: 1 }, { keep_dims: { b: true } }, 's'),
  ];
  const config = { name: 'g', layers, input_layers: [['x', 0, 0]], output_layers: [['r', 0, 0]] };
  const model = keras.models.modelFromJson<keras.Model>(
    JSON.stringify({ class_name: 'Model', config, keras_version: '2.3.0-tf' }),
  );
  expect(await (await model.predict(keras.tensor([[1, 2, 3, 4]]))).array()).toEqual([[10]]);
});
it('reads how old models were compiled', () => {
  const training = {
    optimizer_config: { class_name: 'Adam', config: { lr: 0.5, decay: 0.25, epsilon: null, beta_1: 0.9 } },
    loss: { class_name: 'MeanSquaredError', config: { reduction: 'auto', name: 'mean_squared_error' } },
    metrics: [[{ class_name: 'MeanMetricWrapper', config: { name: 'acc', fn: 'binary_accuracy' } }]],
    sample_weight_mode: null,
    loss_weights: null,
  };
  expect(upgradeTrainingConfig(training, old)).toMatchObject({
    optimizer: {
      module: 'keras.optimizers',
      config: {
        learning_rate: { class_name: 'InverseTimeDecay', config: { initial_learning_rate: 0.5 } },
        beta_1: 0.9,
      },
    },
    loss: { module: 'keras.losses', config: { reduction: 'sum_over_batch_size' } },
    metrics: ['binary_accuracy'],
  });
});
