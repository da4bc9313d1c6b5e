import { expect, it, test } from 'vitest';
import * as keras from '../index.ts';

const { ops, quantizers } = keras;

it('packs numbers of 4 bits along any axis, and takes them apart again', async () => {
  const x = ops.reshape(ops.subtract(ops.arange(16), 8), [4, 4]);
  const numbers = ops.cast(x, 'int8');
  for (const axis of [0, 1, -1])
    for (const size of [3, 4]) {
      const some = ops.slice(numbers, [0, 0], axis === 0 ? [size, 4] : [4, size]);
      const [packed, shape, count] = quantizers.packInt4(some, { axis });
      expect([shape, count]).toEqual([packed.shape, size]);
      expect(packed.shape[axis < 0 ? 1 : axis]).toBe(2);
      expect(await quantizers.unpackInt4(packed, count, { axis }).array()).toEqual(await some.array());
    }
  const unsigned = keras.tensor([0, 15, 9], { dtype: 'uint8' });
  const [packed, , count] = quantizers.packInt4(unsigned, { dtype: 'uint8' });
  expect(await packed.array()).toEqual([240, 9]);
  expect(await quantizers.unpackInt4(packed, count, { dtype: 'uint8' }).array()).toEqual([0, 15, 9]);
  expect(() => quantizers.packInt4([1, 2])).toThrow('it was given int32 for int8');
});

/** Numbers of Keras 3.15.1 (ml_dtypes): casts to 8-bit floats and back. */
test.each([
  [
    'float8_e4m3fn',
    [0.001, 0.0029, 0.3, -1.0625, 1.1875, 17, 447, 1e9],
    [0.001953125, 0.001953125, 0.3125, -1, 1.25, 16, 448, 448],
  ],
  [
    'float8_e5m2',
    [7e-6, 8e-6, 0.3, -1.125, 1.375, 17, 53248, 1e9],
    [0, 1.52587890625e-5, 0.3125, -1, 1.5, 16, 49152, 57344],
  ],
] as const)('rounds to the numbers of %s, halves to even', async (dtype, given, wanted) => {
  expect(await quantizers.quantizeAndDequantize([...given], 1, dtype, 'float32').array()).toEqual(wanted);
});

it('keeps as many numbers as bits tell, with gradients within the bounds and to the bounds', async () => {
  const x = keras.tensor([-2, -0.4, 0.1, 0.6, 9]);
  const kept = (given: keras.Tensor): keras.Tensor => quantizers.fakeQuantWithMinMaxVars(given, -1, 1, { numBits: 3 });
  const numbers = Array.from((await kept(x).data()) as Float32Array);
  expect(new Set(numbers).size).toBeLessThanOrEqual(8);
  expect(numbers).toContain(0);
  const slope = keras.grad((given: keras.Tensor) => ops.sum(kept(given)));
  expect(await slope(x).array()).toEqual([0, 1, 1, 1, 0]);
  const bounds = keras.grad((low: keras.Tensor) => ops.sum(quantizers.fakeQuantWithMinMaxVars(x, low, 1)));
  expect(await bounds(keras.tensor(-1, { dtype: 'float32' })).item()).toBe(1);
  const perChannel = quantizers.fakeQuantWithMinMaxVars(
    [
      [5, 5],
      [-5, -5],
    ],
    [-1, -2],
    [1, 2],
    { axis: 1 },
  );
  const channels = (await perChannel.array()) as number[][];
  expect([channels[0]![0]! < 1.01, channels[0]![1]! > 1.9]).toEqual([true, true]);
});

it('keeps the history and the scale of 8-bit floats', async () => {
  expect(await quantizers.computeFloat8AmaxHistory([-3, 2], [1, 5, 4]).array()).toEqual([3, 4, 1]);
  expect(await quantizers.computeFloat8Scale(224, 1, 448).item()).toBe(0.5);
  expect(await quantizers.computeFloat8Scale(0, 2, 448).item()).toBe(2);
});

it('knows quantizers and configs by name and config, and refuses what contradicts itself', () => {
  const quantizer = quantizers.get('abs_max_quantizer') as keras.quantizers.AbsMaxQuantizer;
  expect(quantizer.getConfig()).toEqual({ value_range: [-127, 127], epsilon: 1e-7, output_dtype: 'int8' });
  const config = new quantizers.Int4QuantizationConfig({ blockSize: 64 });
  const again = quantizers.deserialize(
    quantizers.serialize(config) as object,
  ) as keras.quantizers.Int4QuantizationConfig;
  expect([again.blockSize, again.mode, again.activationQuantizer]).toEqual([64, 'int4', null]);
  expect(() => new quantizers.AbsMaxQuantizer({ valueRange: [-200, 100] })).toThrow('does not fit into int8');
  expect(() => new quantizers.Int4QuantizationConfig({ activationQuantizer: quantizer })).toThrow(
    'do not go with blocks',
  );
  expect(() => new quantizers.Int4QuantizationConfig({ blockSize: 0 })).toThrow('blockSize');
});

it('names the policies of quantized weights', () => {
  const { dtypePolicies } = keras;
  const policy = dtypePolicies.get('gptq/4/128_from_mixed_bfloat16');
  expect(policy).toBeInstanceOf(dtypePolicies.GPTQDTypePolicy);
  expect(policy).toMatchObject({ weightBits: 4, groupSize: 128, computeDtype: 'bfloat16', variableDtype: 'float32' });
  expect(dtypePolicies.deserialize(dtypePolicies.serialize(policy)).name).toBe('gptq/4/128_from_mixed_bfloat16');
  expect(dtypePolicies.get('float8_from_float32').getConfig()).toEqual({
    mode: 'float8',
    source_name: 'float32',
    amax_history_length: 1024,
  });
  expect(() => dtypePolicies.get('int4/0_from_float32')).toThrow('blockSize is 0');
  expect(() => dtypePolicies.get('awq/8/1_from_float32')).toThrow('weightBits is 8');
  expect(() => dtypePolicies.get('int8_from_float16')).toThrow('overflows');
});
