import type { ModelDescription } from './description.ts';

const seed = 1;
const mse = { loss: { class_name: 'MeanSquaredError' }, labels: 'any' } as const;
const cell = (class_name: string, config: object) => ({ module: 'keras.layers', class_name, config });
const sgd = { class_name: 'SGD', config: { learning_rate: 0.1 } };

/** Models that failed once, by what was wrong. */
export const regressions: Readonly<Record<string, ModelDescription>> = {
  'a maximum of 16-bit floats equals the element that it is': {
    seed: 961,
    batch: 1,
    policy: 'mixed_float16',
    inputs: [{ shape: [1, 1, 2, 2] }],
    calls: [
      { layer: { class_name: 'GroupNormalization', config: { groups: 1 } }, on: [0] },
      { layer: { class_name: 'GlobalMaxPooling3D', config: { data_format: 'channels_first' } }, on: [1] },
    ],
    outputs: [{ tensor: 2, ...mse }],
    optimizer: sgd,
  },
  'gradients of images that are moved are shared by threads where images are one pixel high': {
    seed,
    batch: 3,
    inputs: [{ shape: [1, 4, 2] }],
    calls: [
      { layer: { class_name: 'Dense', config: { units: 2 } }, on: [0] },
      { layer: { class_name: 'RandomZoom', config: { height_factor: 0.3, seed: 3 } }, on: [1] },
    ],
    outputs: [{ tensor: 2, ...mse }],
    optimizer: sgd,
  },
  'attention in 16 bits has gradients': {
    seed,
    batch: 4,
    policy: 'mixed_bfloat16',
    inputs: [{ shape: [5, 1] }],
    calls: [
      {
        layer: {
          class_name: 'GroupQueryAttention',
          config: { head_dim: 8, num_query_heads: 2, num_key_value_heads: 2 },
        },
        on: [0, 0],
      },
    ],
    outputs: [{ tensor: 1, ...mse }],
    optimizer: sgd,
  },
  'what another thread may still read is not written over': {
    seed: 12565,
    batch: 2,
    inputs: [{ shape: [2, 2] }],
    calls: [
      {
        layer: {
          class_name: 'TimeDistributed',
          config: { layer: { module: 'keras.layers', class_name: 'LayerNormalization', config: {} } },
        },
        on: [0],
      },
      { layer: 0, on: [1] },
    ],
    outputs: [{ tensor: 2, ...mse }],
    optimizer: sgd,
  },
  'what the next round of a loop needs is not written over in the last step': {
    seed: 32180,
    batch: 1,
    inputs: [{ shape: [2, 4] }],
    calls: [
      {
        layer: {
          class_name: 'RNN',
          config: {
            cell: cell('StackedRNNCells', {
              cells: [
                cell('GRUCell', { units: 11 }),
                cell('GRUCell', { units: 16 }),
                cell('SimpleRNNCell', { units: 8 }),
              ],
            }),
          },
        },
        on: [0],
      },
    ],
    outputs: [{ tensor: 1, ...mse }],
    optimizer: sgd,
  },
  'batch normalisation after a small convolution is updated once': {
    seed,
    batch: 64,
    inputs: [{ shape: [8, 8, 3] }],
    calls: [
      { layer: { class_name: 'Conv2D', config: { filters: 4, kernel_size: 3 } }, on: [0] },
      { layer: { class_name: 'BatchNormalization' }, on: [1] },
      { layer: { class_name: 'Flatten' }, on: [2] },
      { layer: { class_name: 'Dense', config: { units: 4 } }, on: [3] },
    ],
    outputs: [{ tensor: 4, ...mse }],
    optimizer: { class_name: 'SGD', config: { learning_rate: 0.05 } },
  },
  // Muon makes unit length of a gradient that is 0 but for rounding.
  'what rounding alone decides may differ from the reference': {
    seed: 41600,
    batch: 1,
    policy: 'mixed_float16',
    inputs: [{ shape: [7, 3] }],
    calls: [
      { layer: { class_name: 'AveragePooling1D', config: { pool_size: [3] } }, on: [0] },
      { layer: { class_name: 'Subtract' }, on: [[1, 1]] },
      {
        layer: { class_name: 'MultiHeadAttention', config: { num_heads: 1, key_dim: 1, dropout: 0.2 } },
        on: [1, 2],
      },
    ],
    outputs: [{ tensor: 3, ...mse }],
    optimizer: { class_name: 'Muon', config: { learning_rate: 0.01, nesterov: false } },
  },
  'what follows a product reads inside its arrays, also where a condition leaves out what it reads': {
    seed: 38441,
    batch: 1,
    inputs: [{ shape: [2, 1, 2] }],
    calls: [
      { layer: { class_name: 'LayerNormalization' }, on: [0] },
      {
        layer: { class_name: 'TimeDistributed', config: { layer: cell('Dropout', { rate: 0.3 }) } },
        on: [1],
      },
      { layer: { class_name: 'Dense', config: { units: 1 } }, on: [1] },
    ],
    outputs: [
      { tensor: 2, ...mse },
      { tensor: 3, ...mse },
    ],
    optimizer: sgd,
  },
  'what follows a product reads inside its arrays where lanes decide': {
    seed: 41549,
    batch: 1,
    inputs: [{ shape: [1, 1] }],
    calls: [
      {
        layer: {
          class_name: 'Bidirectional',
          config: { layer: cell('LSTM', { units: 1, return_sequences: true }) },
        },
        on: [0],
      },
      { layer: { class_name: 'ActivityRegularization', config: { l1: 0.01 } }, on: [1] },
      { layer: { class_name: 'Conv1D', config: { filters: 1, kernel_size: [1] } }, on: [2] },
    ],
    outputs: [{ tensor: 3, ...mse }],
    optimizer: sgd,
  },
  'a convolution in groups reads an array that stands in reverse': {
    seed: 40257,
    batch: 1,
    inputs: [{ shape: [2, 1] }],
    calls: [
      {
        layer: { class_name: 'LSTM', config: { units: 1, return_sequences: true, go_backwards: true } },
        on: [0],
      },
      {
        layer: {
          class_name: 'Conv1D',
          config: { filters: 2, kernel_size: [1], data_format: 'channels_first', groups: 2 },
        },
        on: [1],
      },
    ],
    outputs: [{ tensor: 2, ...mse }],
    optimizer: sgd,
  },
  'a threshold in 16 bits is the same in the kernel that stores it and in those that load it': {
    seed: 5509,
    batch: 1,
    policy: 'mixed_bfloat16',
    inputs: [{ shape: [13, 13, 15] }],
    calls: [
      { layer: { class_name: 'Activation', config: { activation: 'sparsemax' } }, on: [0] },
      { layer: { class_name: 'RMSNormalization', config: {} }, on: [1] },
      { layer: 0, on: [2] },
    ],
    outputs: [{ tensor: 3, ...mse }],
    optimizer: sgd,
  },
  'a softmax of pieces of which the last is shorter is dealt out': {
    seed: 7498,
    batch: 2,
    inputs: [{ shape: [5, 1, 3] }],
    calls: [
      { layer: { class_name: 'PReLU', config: {} }, on: [0] },
      {
        layer: {
          class_name: 'AdaptiveMaxPooling2D',
          config: { output_size: [1, 5], data_format: 'channels_first' },
        },
        on: [1],
      },
    ],
    outputs: [
      { tensor: 2, loss: { class_name: 'CategoricalCrossentropy', config: { from_logits: true } }, labels: 'oneHot' },
    ],
    optimizer: sgd,
  },
  'in 16 bits, the smaller of two that are stored alike gets no more than its part of the gradient': {
    seed: 2171,
    batch: 2,
    policy: 'mixed_float16',
    inputs: [{ shape: [1, 2] }],
    calls: [
      { layer: { class_name: 'RMSNormalization' }, on: [0] },
      { layer: { class_name: 'Minimum' }, on: [[1, 0, 1]] },
    ],
    outputs: [{ tensor: 2, ...mse }],
    optimizer: sgd,
  },
};
