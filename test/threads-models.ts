import * as keras from '../src/index.ts';
import { sizeOf } from './random-models/catalogue/entry.ts';
import type { ArrayData } from './random-models/data.ts';
import { evenNumbers } from './random-models/data.ts';
import type { Subject } from './random-models/train.ts';

const { layers, Input, Model } = keras;
type T = keras.Tensor;

// The models that are measured, small.

const floats = (shape: readonly number[], seed: number): ArrayData => {
  const next = evenNumbers(seed);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * next() - 1) };
};
const integers = (shape: readonly number[], below: number, seed: number): ArrayData => {
  const next = evenNumbers(seed);
  return { shape, data: Int32Array.from({ length: sizeOf(shape) }, () => Math.floor(below * next())) };
};
/** With Adam, as they are measured; its `epsilon` keeps gradients that are only rounding error from becoming whole steps. */
const optimizer = (): keras.optimizers.Optimizer =>
  new keras.optimizers.Adam({ learningRate: 0.01, epsilon: 1e-3 }) as keras.optimizers.Optimizer;

function classifier(build: () => keras.Model, batch: number, x: (step: number) => ArrayData, seed = 4): Subject {
  return {
    seed,
    build: () => {
      keras.utils.setRandomSeed(seed);
      return build();
    },
    compile: (model) =>
      model.compile({
        optimizer: optimizer(),
        loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
      }),
    batch: (_, step) => ({ x: [x(step)], y: [integers([batch], 10, 100 + step)] }),
  };
}
const images = (batch: number, size: number) => (step: number) => floats([batch, size, size, 3], step + 1);
const tokens = (batch: number, length: number) => (step: number) => integers([batch, length], 50, step + 1);

const dense = (units: number, activation?: string) => new layers.Dense({ units, ...(activation && { activation }) });
const convBn = (x: T, filters: number, kernelSize: number, strides = 1): T =>
  new layers.BatchNormalization()(
    new layers.Conv2D({ filters, kernelSize, strides, padding: 'same', useBias: false })(x),
  );
const relu = (x: T): T => new layers.ReLU()(x);
const mish = (x: T): T => new layers.Activation({ activation: 'mish' })(x);

function resnet(): keras.Model {
  const block = (x: T, filters: number, strides: number): T => {
    const y = convBn(relu(convBn(x, filters, 3, strides)), filters, 3);
    return relu(new layers.Add()([strides === 1 ? x : convBn(x, filters, 1, strides), y]));
  };
  const inputs = Input({ shape: [12, 12, 3] });
  let x = relu(convBn(inputs, 8, 3));
  for (const filters of [8, 16]) for (let n = 0; n < 2; n++) x = block(x, filters, n === 0 && filters > 8 ? 2 : 1);
  return new Model({ inputs, outputs: dense(10)(new layers.GlobalAveragePooling2D()(x)) });
}
function cspmish(): keras.Model {
  const inputs = Input({ shape: [16, 16, 3] });
  let x = mish(convBn(inputs, 6, 3));
  for (const filters of [8, 12]) {
    x = mish(convBn(x, filters, 3, 2));
    const a = mish(convBn(x, filters / 2, 1));
    let b = mish(convBn(x, filters / 2, 1));
    b = new layers.Add()([b, mish(convBn(mish(convBn(b, filters / 2, 1)), filters / 2, 3))]);
    x = mish(convBn(new layers.Concatenate()([a, b]), filters, 1));
  }
  return new Model({ inputs, outputs: dense(10)(new layers.GlobalAveragePooling2D()(x)) });
}
function attended(x: T, heads: number, keyDim: number, width: number): T {
  let h = new layers.LayerNormalization()(x);
  const y = new layers.Add()([x, new layers.MultiHeadAttention({ numHeads: heads, keyDim })(h, h) as T]);
  h = new layers.LayerNormalization()(y);
  return new layers.Add()([y, dense(width)(dense(2 * width, 'gelu')(h))]);
}
function transformer(): keras.Model {
  const inputs = Input({ shape: [13], dtype: 'int32' });
  const x = new layers.Embedding({ inputDim: 50, outputDim: 20 })(inputs);
  return new Model({ inputs, outputs: dense(10)(new layers.GlobalAveragePooling1D()(attended(x, 3, 7, 20))) });
}
function vit(): keras.Model {
  const inputs = Input({ shape: [16, 16, 3] });
  const patches = new layers.Conv2D({ filters: 18, kernelSize: 4, strides: 4 })(inputs);
  const x = attended(new layers.Reshape({ targetShape: [16, 18] })(patches), 2, 9, 18);
  return new Model({ inputs, outputs: dense(10)(new layers.GlobalAveragePooling1D()(x)) });
}
/** The blocks of MobileNetV2: widened, depthwise, narrowed. */
function mobile(): keras.Model {
  const inputs = Input({ shape: [14, 14, 3] });
  let x: T = convBn(inputs, 8, 3, 2);
  for (let n = 0; n < 2; n++) {
    let y = new layers.ReLU({ maxValue: 6 })(convBn(x, 24, 1));
    y = new layers.DepthwiseConv2D({ kernelSize: 3, padding: 'same', useBias: false })(y);
    y = new layers.ReLU({ maxValue: 6 })(new layers.BatchNormalization()(y));
    x = new layers.Add()([x, convBn(y, 8, 1)]);
  }
  return new Model({ inputs, outputs: dense(10)(new layers.GlobalAveragePooling2D()(x)) });
}
const stack = (size: number, ...all: keras.Layer<any, any, any>[]): keras.Model =>
  new keras.Sequential([Input({ shape: [size] }), ...all] as never);

export const measured: Readonly<Record<string, Subject>> = {
  tiny: classifier(
    () => stack(8, dense(32, 'tanh'), dense(32, 'tanh'), dense(10)),
    32,
    (k) => floats([32, 8], k + 1),
  ),
  mlp: classifier(
    () => stack(50, dense(40, 'relu'), new layers.Dropout({ rate: 0.2 }), dense(33, 'relu'), dense(10)),
    20,
    (k) => floats([20, 50], k + 1),
  ),
  resnet: classifier(resnet, 4, images(4, 12)),
  cspmish: classifier(cspmish, 3, images(3, 16)),
  transformer: classifier(transformer, 5, tokens(5, 13)),
  lstm: classifier(
    () =>
      new keras.Sequential([
        Input({ shape: [9], dtype: 'int32' }),
        new layers.Embedding({ inputDim: 50, outputDim: 12 }),
        new layers.LSTM({ units: 17 }),
        dense(10),
      ] as never),
    6,
    tokens(6, 9),
  ),
  vit: classifier(vit, 3, images(3, 16)),
  mobile: classifier(mobile, 3, images(3, 14)),
};
