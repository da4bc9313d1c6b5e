import { expect, it } from 'vitest';
import * as keras from '../index.ts';
import { pythonJson } from './python-json.ts';

const { layers, initializers, optimizers, losses, metrics, regularizers, constraints } = keras;
const spaces: Readonly<Record<string, object>> = {
  layers,
  initializers,
  optimizers,
  losses,
  metrics,
  regularizers,
  constraints,
};

/** Names under which Keras exports a class besides its own, by namespace. */
const aliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  layers: {
    AvgPool1D: 'AveragePooling1D',
    AvgPool2D: 'AveragePooling2D',
    AvgPool3D: 'AveragePooling3D',
    Convolution1D: 'Conv1D',
    Convolution1DTranspose: 'Conv1DTranspose',
    Convolution2D: 'Conv2D',
    Convolution2DTranspose: 'Conv2DTranspose',
    Convolution3D: 'Conv3D',
    Convolution3DTranspose: 'Conv3DTranspose',
    GlobalAvgPool1D: 'GlobalAveragePooling1D',
    GlobalAvgPool2D: 'GlobalAveragePooling2D',
    GlobalAvgPool3D: 'GlobalAveragePooling3D',
    GlobalMaxPool1D: 'GlobalMaxPooling1D',
    GlobalMaxPool2D: 'GlobalMaxPooling2D',
    GlobalMaxPool3D: 'GlobalMaxPooling3D',
    MaxPool1D: 'MaxPooling1D',
    MaxPool2D: 'MaxPooling2D',
    MaxPool3D: 'MaxPooling3D',
    SeparableConvolution1D: 'SeparableConv1D',
    SeparableConvolution2D: 'SeparableConv2D',
  },
  initializers: {
    IdentityInitializer: 'Identity',
    OrthogonalInitializer: 'Orthogonal',
    STFTInitializer: 'STFT',
    constant: 'Constant',
    glorotNormal: 'GlorotNormal',
    glorotUniform: 'GlorotUniform',
    heNormal: 'HeNormal',
    heUniform: 'HeUniform',
    identity: 'Identity',
    lecunNormal: 'LecunNormal',
    lecunUniform: 'LecunUniform',
    ones: 'Ones',
    orthogonal: 'Orthogonal',
    randomNormal: 'RandomNormal',
    randomUniform: 'RandomUniform',
    stft: 'STFT',
    truncatedNormal: 'TruncatedNormal',
    varianceScaling: 'VarianceScaling',
    zeros: 'Zeros',
  },
  optimizers: {},
  losses: {},
  metrics: {},
  regularizers: { l1: 'L1', l1L2: 'L1L2', l2: 'L2', orthogonalRegularizer: 'OrthogonalRegularizer' },
  constraints: { maxNorm: 'MaxNorm', minMaxNorm: 'MinMaxNorm', nonNeg: 'NonNeg', unitNorm: 'UnitNorm' },
};
const bases = ['Layer', 'Initializer', 'Optimizer', 'Loss', 'Metric', 'Regularizer', 'Constraint'];
// Made inside the library, or none of Keras's.
const others = ['MeanAveragePrecision', 'CIoULoss', 'DIoULoss', 'GIoULoss', 'IoULoss'];

it.each(Object.keys(aliases))(
  'keras.%s: classes have the names that Keras writes, and are found by all of them',
  (space) => {
    const found = Object.entries(spaces[space]!).filter(
      ([name, x]) =>
        typeof x === 'function' &&
        'className' in x &&
        'fromConfig' in x &&
        !bases.includes(name) &&
        !others.includes(name),
    ) as unknown as [string, { className: string }][];
    expect(found.length).toBeGreaterThan(3);
    for (const [name, { className }] of found) expect(className).toBe(aliases[space]![name] ?? name);
  },
);

it.each([
  ['keras.initializers', 'OrthogonalInitializer', {}],
  ['keras.initializers', 'IdentityInitializer', {}],
  ['keras.initializers', 'STFTInitializer', {}],
  ['keras.initializers', 'glorot_uniform', {}],
  ['keras.layers', 'Convolution2D', { filters: 1, kernel_size: 3 }],
  ['keras.layers', 'GroupQueryAttention', { head_dim: 4, num_query_heads: 2, num_key_value_heads: 1 }],
  [
    'keras.src.layers.attention.grouped_query_attention',
    'GroupedQueryAttention',
    { head_dim: 4, num_query_heads: 2, num_key_value_heads: 1 },
  ],
  ['keras.regularizers', 'l1_l2', {}],
  ['keras.constraints', 'max_norm', {}],
])('reads %s %s', (module, class_name, config) => {
  const made = keras.saving.deserializeKerasObject({ module, class_name, config, registered_name: null });
  expect(made).toBeTypeOf('function');
});

it('tells classes of one name apart by the file in which Keras keeps them', () => {
  const made = (module: string) =>
    keras.saving.deserializeKerasObject({ module, class_name: 'Identity', config: {}, registered_name: null });
  expect(made('keras.src.layers.core.identity')).toBeInstanceOf(keras.layers.Identity);
  expect(made('keras.src.initializers.constant_initializers')).toBeInstanceOf(keras.initializers.Identity);
});

it('writes whole floats with a point, as Keras wants them, and integers without', () => {
  const text = pythonJson({
    optimizer: keras.saving.serializeKerasObject(new keras.optimizers.SGD({ learningRate: 1 })),
    metric: keras.saving.serializeKerasObject(new keras.metrics.FBetaScore({ beta: 2, threshold: 1 })),
    layer: keras.saving.serializeKerasObject(new keras.layers.ReLU({ maxValue: 6 })),
    dense: keras.saving.serializeKerasObject(new keras.layers.Dense({ units: 3 })),
  });
  for (const part of [
    '"learning_rate": 1.0',
    '"momentum": 0.0',
    '"beta": 2.0',
    '"threshold": 1.0',
    '"max_value": 6.0',
    '"units": 3,',
  ])
    expect(text).toContain(part);
});

it('keeps the dtype that an Input was asked for', () => {
  const input = keras.Input({ shape: [2], dtype: 'int64', name: 'ids' });
  const outputs = new keras.layers.Embedding({ inputDim: 4, outputDim: 2 })(input);
  const text = new keras.Model({ inputs: input, outputs }).toJson();
  expect(text.match(/"dtype": "int64"/g)?.length).toBe(2);
  expect(text).not.toContain('int32');
  expect(keras.models.modelFromJson<keras.Model>(text).toJson()).toBe(text);
});

it('writes functions without a name under that of their place', async () => {
  const model = new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense({ units: 1 })]);
  const twice = (t: keras.Tensor, p: keras.Tensor): keras.Tensor => keras.ops.abs(t.sub(p)).mul(2);
  model.compile({ loss: [(t: keras.Tensor, p: keras.Tensor) => twice(t, p)], optimizer: 'sgd' });
  expect(model.getCompileConfig()!['loss']).toMatchObject([{ class_name: 'function', config: 'loss_0' }]);
  const text = model.toJson();
  expect(() => keras.models.modelFromJson(text)).toThrow('loss_0');
  const again = keras.models.modelFromJson<keras.Model>(text, { customObjects: { loss_0: twice } });
  expect(again.loss).toEqual([twice]);
});

it('guesses the name of an unknown class only where one is close', () => {
  const read = (className: string): unknown =>
    keras.saving.deserializeKerasObject({
      module: null,
      class_name: className,
      config: {},
      registered_name: className,
    });
  expect(() => read('Mystery')).toThrow(/customObjects: \{ Mystery \} \}$/);
  expect(() => read('Dens')).toThrow(/the closest known name is "Dense"$/);
});
