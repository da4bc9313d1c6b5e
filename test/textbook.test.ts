import { expect, test } from 'vitest';
import * as keras from '../src/index.ts';

/**
 * The names of Keras that the 37 notebooks of "Deep Learning with Python" use (F. Chollet, second and third edition), by their
 * namespaces.
 */
const names: Readonly<Record<string, string>> = {
  '': 'Input Layer Model Sequential Variable',
  'applications.inception_v3': 'InceptionV3 preprocess_input',
  'applications.vgg16': 'VGG16 preprocess_input',
  'applications.vgg19': 'VGG19 preprocess_input',
  'applications.xception': 'Xception decode_predictions preprocess_input',
  callbacks: 'Callback EarlyStopping ModelCheckpoint TensorBoard',
  config: 'backend epsilon set_dtype_policy',
  'datasets.boston_housing': 'load_data',
  'datasets.california_housing': 'load_data',
  'datasets.imdb': 'get_word_index load_data',
  'datasets.mnist': 'load_data',
  'datasets.reuters': 'get_word_index load_data',
  initializers: 'Constant',
  layers:
    'Activation AveragePooling2D BatchNormalization Bidirectional Concatenate Conv1D Conv2D Conv2DTranspose Dense Dropout Embedding Flatten GRU GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D Input LSTM Layer LayerNormalization LeakyReLU MaxPooling1D MaxPooling2D MultiHeadAttention Normalization RandomFlip RandomRotation RandomZoom Rescaling Reshape SeparableConv2D SimpleRNN TextVectorization UpSampling2D add',
  losses:
    'BinaryCrossentropy MeanAbsoluteError MeanSquaredError SparseCategoricalCrossentropy binary_crossentropy sparse_categorical_crossentropy',
  metrics: 'BinaryAccuracy IoU Mean Metric SparseCategoricalAccuracy TopKCategoricalAccuracy',
  mixed_precision: 'set_global_policy',
  models: 'Sequential load_model',
  ops: 'abs absolute arange arccos argmax array cast clip concatenate convert_to_numpy cos cumsum divide divide_no_nan exp expand_dims eye matmul max maximum mean minimum normalize one_hot ones ones_like ravel relu reshape round shape sign sin softmax sparse_categorical_crossentropy sqrt square std sum take take_along_axis top_k transpose where zeros',
  'ops.image': 'resize',
  'ops.linalg': 'norm',
  optimizers: 'Adam AdamW RMSprop SGD',
  'optimizers.schedules': 'ExponentialDecay InverseTimeDecay LearningRateSchedule',
  random: 'SeedGenerator categorical normal uniform',
  regularizers: 'l1 l1_l2 l2',
  utils:
    'array_to_img get_file image_dataset_from_directory img_to_array load_img plot_model save_img text_dataset_from_directory timeseries_dataset_from_array to_categorical',
};
const camelCase = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

test('what the notebooks of the textbook use is here', () => {
  const missing = Object.entries(names).flatMap(([namespace, listed]) => {
    const space = namespace.split('.').reduce<unknown>((found, key) => {
      const name = /^[a-z]/.test(key) ? camelCase(key) : key;
      return key === '' ? found : (found as Record<string, unknown> | undefined)?.[name];
    }, keras);
    return listed
      .split(' ')
      .filter((name) => (space as Record<string, unknown> | undefined)?.[camelCase(name)] === undefined)
      .map((name) => `${namespace}.${name}`);
  });
  expect(missing).toEqual([]);
});
