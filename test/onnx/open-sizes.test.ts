import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { modelToOnnx } from '../../src/saving/onnx/export-model.ts';
import type { OnnxModel } from '../../src/saving/onnx/export-options.ts';
import { tensorsIn } from '../../src/tensor/index.ts';
import { runOnnx } from './session.ts';

const { layers, ops } = keras;
type Exported = keras.Model & OnnxModel;

/** That a model answers alike in ONNX Runtime, to a part of its largest number. */
async function expectAlike(model: Exported, inputs: keras.Tensor[], bytes: Uint8Array, most = 2e-5): Promise<void> {
  const own = tensorsIn(model(inputs.length === 1 ? inputs[0]! : inputs));
  const answers = Object.values(await runOnnx(bytes, inputs));
  for (const [k, y] of own.entries()) {
    expect(answers[k]!.dims).toEqual(y.shape);
    const numbers = Array.from((await ops.cast(y, 'float32').data()) as Float32Array);
    const largest = Math.max(...numbers.map(Math.abs));
    const worst = Math.max(...answers[k]!.data.map((v, n) => Math.abs(v - numbers[n]!)));
    expect(worst / largest).toBeLessThan(most);
  }
}
/** Weights that are no zeros and ones. */
function filled(model: keras.Model): Exported {
  model.weights.forEach((w, k) => w.assign(keras.random.uniform(w.shape, { minval: 0.1, maxval: 0.6, seed: k + 1 })));
  return model as Exported;
}

/** A U-Net of images of any size that divides by four. */
function images(dtype = 'float32'): Exported {
  const x = keras.Input({ shape: [null, null, 3], name: 'image' });
  const conv = (filters: number, strides = 1) =>
    new layers.Conv2D({ filters, kernelSize: 3, padding: 'same', strides, activation: 'relu', dtype });
  const one = conv(4)(x);
  const two = new layers.BatchNormalization({ dtype })(conv(6, 2)(one));
  const three = new layers.MaxPooling2D({ poolSize: 2, dtype })(conv(6)(two));
  const up = new layers.UpSampling2D({ size: 2, dtype })(
    new layers.Conv2DTranspose({ filters: 6, kernelSize: 3, padding: 'same', dtype })(three),
  );
  const four = new layers.Conv2DTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', dtype })(
    new layers.Concatenate({ dtype })([up, two]),
  );
  const y = new layers.Conv2D({ filters: 2, kernelSize: 1, activation: 'sigmoid', dtype })(
    new layers.Add({ dtype })([four, one]),
  );
  const pooled = new layers.GlobalAveragePooling2D({ dtype })(y);
  return filled(new keras.Model({ inputs: x, outputs: [y, pooled] }));
}
/** A transformer block over texts of any length. */
function texts(dtype = 'float32'): Exported {
  const tokens = keras.Input({ shape: [null], dtype: 'int32', name: 'tokens' });
  const x = new layers.Embedding({ inputDim: 20, outputDim: 8, dtype })(tokens);
  const seen = new layers.LayerNormalization({ dtype })(x);
  const mixed = new layers.MultiHeadAttention({ numHeads: 2, keyDim: 4, dtype })(seen, seen, { useCausalMask: true });
  const y = new layers.Add({ dtype })([x, mixed]);
  const z = new layers.Dense({ units: 8, activation: 'gelu', dtype })(new layers.LayerNormalization({ dtype })(y));
  const logits = new layers.Dense({ units: 20, dtype })(new layers.Add({ dtype })([y, z]));
  const mean = new layers.GlobalMaxPooling1D({ dtype })(logits);
  return filled(new keras.Model({ inputs: tokens, outputs: [logits, mean] }));
}
/** Convolutions over sounds of any length. */
function sounds(dtype = 'float32'): Exported {
  const x = keras.Input({ shape: [null, 2], name: 'sound' });
  let y = new layers.Conv1D({ filters: 4, kernelSize: 5, strides: 2, activation: 'relu', dtype })(x);
  y = new layers.ZeroPadding1D({ padding: [1, 2], dtype })(y);
  y = new layers.SeparableConv1D({ filters: 5, kernelSize: 3, padding: 'causal' as never, dtype })(y);
  y = new layers.AveragePooling1D({ poolSize: 3, strides: 2, padding: 'same', dtype })(y);
  return filled(new keras.Model({ inputs: x, outputs: y }));
}
const numbers = (shape: number[]): keras.Tensor => keras.random.normal(shape, { seed: shape.length });
const tokens = (n: number, length: number): keras.Tensor =>
  ops.cast(keras.random.randint([n, length], 0, 20, { seed: 5 }), 'int32');

const cases: Readonly<Record<string, readonly [(dtype?: string) => Exported, keras.Tensor[]]>> = {
  images: [
    images,
    [
      [2, 8, 12, 3],
      [1, 16, 16, 3],
      [3, 20, 8, 3],
    ].map(numbers),
  ],
  texts: [texts, [tokens(2, 5), tokens(1, 1), tokens(3, 17)]],
  sounds: [
    sounds,
    [
      [2, 31, 2],
      [1, 50, 2],
    ].map(numbers),
  ],
};
test.each(Object.entries(cases))('%s of any size', async (_, [make, inputs]) => {
  const model = make();
  const bytes = await modelToOnnx(model, {});
  for (const x of inputs) await expectAlike(model, [x], bytes);
});

test.each(Object.entries(cases))('%s in float16', async (_, [make, inputs]) => {
  const model = make('float16');
  const bytes = await modelToOnnx(model, {});
  for (const x of inputs) await expectAlike(model, [x], bytes, 2e-2);
});
