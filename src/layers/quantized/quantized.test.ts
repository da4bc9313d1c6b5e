import { expect, it, test } from 'vitest';
import { casesOf, type Stored, tensorOf } from '../../../test/conformance/cases.ts';
import * as keras from '../../index.ts';

interface Case {
  readonly name: string;
  readonly class_name: 'Dense' | 'EinsumDense' | 'Embedding' | 'ReversibleEmbedding';
  readonly config: Record<string, unknown>;
  readonly mode: string;
  readonly quantization: object | null;
  readonly lora: 'before' | 'after' | null;
  readonly x: Stored;
  readonly ids?: Stored;
  readonly before: readonly Stored[];
  readonly weights: readonly (readonly [name: string, value: Stored])[];
  readonly y: Stored;
  readonly gradient?: Stored;
  readonly saved: readonly Stored[] | null;
  readonly policy: string;
  readonly call: { readonly reverse?: boolean };
}

/** Compares two tensors; whole numbers are equal. */
async function compare(got: keras.Tensor, stored: Stored, what: string, tolerance = 1e-6): Promise<void> {
  const wanted = tensorOf(stored);
  expect([got.shape, got.dtype], what).toEqual([wanted.shape, wanted.dtype]);
  const [a, b] = [await got.data(), await wanted.data()].map((data) => Array.from(data as Float32Array));
  const off = Math.max(0, ...a!.map((x, k) => Math.abs(x - b![k]!) / (1 + Math.abs(b![k]!))));
  expect(off, what).toBeLessThanOrEqual(tolerance);
}

/** A layer quantized as a case says, with its corrections of low rank. */
function quantized(c: Case): keras.Layer {
  const { quantization_config: _, dtype: __, lora_rank: ___, lora_alpha: ____, ...config } = c.config;
  const layer = keras.layers[c.class_name].fromConfig(config) as keras.layers.Dense;
  layer(tensorOf(c.ids ?? c.x));
  layer.setWeights(c.before.map(tensorOf));
  if (c.lora === 'before') layer.enableLora(2);
  const how =
    c.quantization && (keras.quantizers.deserialize(c.quantization) as keras.quantizers.AnyQuantizationConfig);
  layer.quantize(c.mode, { config: how });
  if (c.lora === 'after') layer.enableLora(2);
  for (const [name, value] of c.weights)
    if (name.startsWith('lora')) layer.weights.find((v) => v.name === name)?.assign(tensorOf(value));
  return layer;
}

test.each(casesOf<Case>('quantization/layers'))(
  '$name: weights, outputs, gradients and files are as in Keras',
  async (c) => {
    const layer = quantized(c);
    expect(layer.dtypePolicy.name).toBe(c.policy);
    expect(layer.getConfig()['quantization_config']).toEqual(c.config['quantization_config']);
    expect(layer.weights.map((v) => v.name).toSorted()).toEqual(c.weights.map(([name]) => name).toSorted());
    for (const [name, value] of c.weights)
      await compare(layer.weights.find((v) => v.name === name)!.value, value, name, 0);
    const x = tensorOf(c.x);
    const options: object = c.call;
    await compare(layer(x, options) as keras.Tensor, c.y, 'outputs');
    if (c.gradient) {
      const weighed = keras.grad((given: keras.Tensor) => {
        const y = layer(given) as keras.Tensor;
        const factors = keras.ops.cos(keras.ops.arange(y.size, { dtype: 'float32' }));
        return keras.ops.sum(keras.ops.multiply(y, keras.ops.reshape(factors, y.shape)));
      });
      await compare(weighed(x), c.gradient, 'gradient');
    }
    if (!c.saved) return;
    const store: Record<string, keras.Tensor> = {};
    layer.saveOwnVariables(store);
    expect(Object.keys(store)).toEqual(c.saved.map((_, k) => String(k)));
    for (const [k, value] of c.saved.entries()) await compare(store[k]!, value, `saved ${k}`);
    // A layer that is made quantized takes what was saved.
    const again = keras.layers[c.class_name].fromConfig({ ...c.config, lora_rank: null }) as keras.Layer;
    again.build(c.ids ? c.ids.shape : c.x.shape);
    again.loadOwnVariables(store);
    if (!c.lora) await compare(again(x, options) as keras.Tensor, c.y, 'outputs of the layer made anew');
  },
);

const dense = (options: Partial<ConstructorParameters<typeof keras.layers.Dense>[0]> = {}): keras.layers.Dense => {
  const layer = new keras.layers.Dense({ units: 4, name: 'd', ...options });
  layer.build([null, 6]);
  return layer;
};

it('computes the same in a compiled program', async () => {
  const layer = dense();
  layer.quantize('int8');
  const x = keras.random.normal([5, 6], { seed: 1 });
  const compiled = keras.jit((given: keras.Tensor) => layer(given));
  expect(await compiled(x).array()).toEqual(await layer(x).array());
});

it('keeps programs of one layer from another of the same shape', async () => {
  const [a, b] = [dense(), dense()];
  for (const layer of [a, b]) layer.quantize('int8');
  const x = keras.ops.ones([1, 6]);
  const slope = (layer: keras.layers.Dense) => keras.grad((given: keras.Tensor) => keras.ops.sum(layer(given)))(x);
  expect(await slope(a).array()).not.toEqual(await slope(b).array());
});

it('quantizes when a built layer gets such a policy, and builds quantized with one', () => {
  const layer = dense();
  layer.dtypePolicy = 'int8_from_float32';
  expect([layer.kernel.dtype, layer.quantizationMode]).toEqual(['int8', 'int8']);
  expect(dense({ dtype: 'int4/2_from_float32' }).weights.map((v) => [v.name, v.shape])).toEqual([
    ['bias', [4]],
    ['kernel', [6, 2]],
    ['kernel_scale', [3, 4]],
    ['kernel_zero', [3, 4]],
    ['g_idx', [6]],
  ]);
});

it('says what cannot be quantized, and why', () => {
  const twice = dense();
  twice.quantize('int8');
  expect(() => twice.quantize('int8')).toThrow('it is quantized already, with the dtype policy "int8_from_float32"');
  expect(() => new keras.layers.Dense({ units: 1 }).quantize('int8')).toThrow('before the layer was built');
  expect(() => dense({ dtype: 'mixed_float16' }).quantize('int8')).toThrow('overflows');
  expect(() => dense().quantize('int7')).toThrow("give one of 'int8', 'float8', 'int4', 'gptq', 'awq'");
  expect(() => dense().quantize('gptq')).toThrow('new keras.quantizers.GPTQConfig({ dataset, tokenizer })');
  const config = new keras.quantizers.Int4QuantizationConfig();
  expect(() => dense().quantize('int8', { config })).toThrow("the mode is 'int8', that of its config 'int4'");
  const flat = new keras.layers.Conv2D({ filters: 1, kernelSize: 1 });
  flat.build([null, 2, 2, 1]);
  expect(() => flat.quantize('int8')).toThrow('Conv2D "conv2d');
  class Own extends keras.layers.Dense {
    static override readonly className = 'Own';
  }
  const own = new Own({ units: 2 });
  own.build([null, 3]);
  expect(() => own.quantize('int8')).toThrow('pass { typeCheck: false }');
  own.quantize('int8', { typeCheck: false });
  expect(own.kernel.dtype).toBe('int8');
  expect(() => new keras.layers.Flatten({ dtype: 'int8_from_float32' })(keras.ops.ones([1, 2]))).toThrow(
    'its dtype policy "int8_from_float32" quantizes weights, which its class does not know',
  );
});

test.each([100, 1500])(
  'many rows through a kernel of 8-bit integers, summed in parts by floats, have the bits of single rows (%i inputs)',
  async (inputs) => {
    const x = keras.random.normal([3, 2, inputs], { seed: 1 });
    const made = [
      new keras.layers.Dense({ units: 7 }),
      new keras.layers.EinsumDense({ equation: 'abc,dc->abd', outputShape: [null, 7] }),
    ];
    for (const layer of made) {
      layer(x);
      layer.quantize('int8');
      const whole = await (layer(x) as keras.Tensor).data();
      for (let k = 0; k < 6; k++) {
        const row = keras.ops.reshape(keras.ops.take(keras.ops.reshape(x, [6, inputs]), [k], { axis: 0 }), [
          1,
          1,
          inputs,
        ]);
        expect(await (layer(row) as keras.Tensor).data(), layer.name).toEqual(whole.slice(7 * k, 7 * k + 7));
      }
    }
  },
);
