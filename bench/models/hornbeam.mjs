/** The models in Keras's API. */
export const build = {
  tiny({ Input, Sequential, layers }) {
    return new Sequential([
      Input({ shape: [8] }),
      new layers.Dense({ units: 32, activation: 'tanh' }),
      new layers.Dense({ units: 32, activation: 'tanh' }),
      new layers.Dense({ units: 10 }),
    ]);
  },

  mlp({ Input, Sequential, layers }) {
    return new Sequential([
      Input({ shape: [784] }),
      new layers.Dense({ units: 512, activation: 'relu' }),
      new layers.Dense({ units: 512, activation: 'relu' }),
      new layers.Dense({ units: 10 }),
    ]);
  },

  resnet20({ Input, Model, layers }) {
    const convBn = (x, filters, kernelSize, strides) => {
      const options = { filters, kernelSize, strides, padding: 'same', useBias: false };
      return new layers.BatchNormalization()(new layers.Conv2D(options)(x));
    };
    const relu = (x) => new layers.ReLU()(x);
    const block = (x, filters, strides) => {
      const y = convBn(relu(convBn(x, filters, 3, strides)), filters, 3, 1);
      return relu(new layers.Add()([strides === 1 ? x : convBn(x, filters, 1, strides), y]));
    };
    const inputs = Input({ shape: [32, 32, 3] });
    let x = relu(convBn(inputs, 16, 3, 1));
    for (const filters of [16, 32, 64])
      for (let n = 0; n < 3; n++) x = block(x, filters, n === 0 && filters > 16 ? 2 : 1);
    const outputs = new layers.Dense({ units: 10 })(new layers.GlobalAveragePooling2D()(x));
    return new Model({ inputs, outputs });
  },

  cspmish({ Input, Model, layers }) {
    const block = (x, filters, kernelSize = 3, strides = 1) => {
      const y = new layers.Conv2D({ filters, kernelSize, strides, padding: 'same', useBias: false })(x);
      return new layers.Activation({ activation: 'mish' })(new layers.BatchNormalization()(y));
    };
    const inputs = Input({ shape: [128, 128, 3] });
    let x = block(inputs, 16);
    for (const filters of [32, 64, 128]) {
      x = block(x, filters, 3, 2);
      const a = block(x, filters / 2, 1);
      let b = block(x, filters / 2, 1);
      b = new layers.Add()([b, block(block(b, filters / 2, 1), filters / 2)]);
      x = block(new layers.Concatenate()([a, b]), filters, 1);
    }
    const outputs = new layers.Conv2D({ filters: 18, kernelSize: 1 })(x);
    return new Model({ inputs, outputs });
  },

  transformer({ Input, Model, layers }) {
    const inputs = Input({ shape: [64], dtype: 'int32' });
    let x = new layers.Embedding({ inputDim: 2000, outputDim: 128 })(inputs);
    for (let n = 0; n < 2; n++) {
      let h = new layers.LayerNormalization()(x);
      x = new layers.Add()([x, new layers.MultiHeadAttention({ numHeads: 4, keyDim: 32 })(h, h)]);
      h = new layers.LayerNormalization()(x);
      h = new layers.Dense({ units: 512, activation: 'gelu' })(h);
      x = new layers.Add()([x, new layers.Dense({ units: 128 })(h)]);
    }
    const outputs = new layers.Dense({ units: 10 })(new layers.GlobalAveragePooling1D()(x));
    return new Model({ inputs, outputs });
  },
};

/** The model, compiled with Adam, and one batch as tensors. */
export function prepare(keras, name, { batch, x, y, copies = 1 }) {
  keras.utils.setRandomSeed(1);
  const model = build[name](keras);
  const loss =
    y.values instanceof Int32Array ? new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }) : 'mse';
  model.compile({ optimizer: new keras.optimizers.Adam(), loss });
  const asTensor = ({ shape, values }) => {
    const all = new values.constructor(values.length * copies);
    for (let n = 0; n < copies; n++) all.set(values, n * values.length);
    return keras.tensor(all, { shape: [batch * copies, ...shape] });
  };
  return { model, x: asTensor(x), y: asTensor(y) };
}
