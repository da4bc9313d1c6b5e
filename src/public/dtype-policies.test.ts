import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { dtypePolicies } = keras;

test('policies have the members of Keras, and come back from their config', () => {
  const policy = new keras.DTypePolicy('mixed_bfloat16');
  expect(policy).toMatchObject({ computeDtype: 'bfloat16', variableDtype: 'float32', quantizationMode: null });
  expect(String(policy)).toBe('<DTypePolicy "mixed_bfloat16">');
  const written = dtypePolicies.serialize(policy);
  expect(written).toEqual({
    module: 'keras',
    class_name: 'DTypePolicy',
    config: { name: 'mixed_bfloat16' },
    registered_name: null,
  });
  expect(dtypePolicies.deserialize(written).name).toBe('mixed_bfloat16');
  expect(dtypePolicies.get(null).name).toBe('float32');
  expect(new keras.DTypePolicy().name).toBe('float32');
  const float = dtypePolicies.get({ ...written, class_name: 'FloatDTypePolicy' });
  expect(float).toBeInstanceOf(dtypePolicies.FloatDTypePolicy);
  expect(new keras.layers.Dense({ units: 1, dtype: float }).computeDtype).toBe('bfloat16');
});

test('what is no policy is refused', () => {
  expect(() => dtypePolicies.get('foo')).toThrow(/foo/);
  expect(() => dtypePolicies.get(5 as never)).toThrow(/5 is no dtype policy/);
});

// As Keras 3.15.1 answers.
test('a map gives the policy of a path, of the one pattern that matches, or the default', () => {
  const map = new dtypePolicies.DTypePolicyMap({ defaultPolicy: 'float32' });
  map.set('encoder/layer_0/dense', 'bfloat16').set('encoder/.*', 'float16').set('decoder', 'bfloat16');
  const names = ['encoder/layer_0/dense', 'encoder/attention/query', 'decoder/attention', 'decoder'];
  expect(names.map((path) => map.get(path).name)).toEqual(['bfloat16', 'float16', 'float32', 'bfloat16']);
  expect([map.name, map.computeDtype, map.size, map.has('decoder')]).toEqual(['map_float32', 'float32', 3, true]);
  map.set('encoder/attention/.*', 'bfloat16');
  expect(() => map.get('encoder/attention/query')).toThrow(/matches encoder\/\.\* and encoder\/attention/);
  expect(() => map.set('decoder', 'float16')).toThrow(/a policy for "decoder" already/);
  expect([map.delete('decoder'), map.get('decoder').name]).toEqual([true, 'float32']);
  const again = dtypePolicies.deserialize(JSON.parse(JSON.stringify(dtypePolicies.serialize(map))));
  expect(again).toBeInstanceOf(dtypePolicies.DTypePolicyMap);
  expect(again.getConfig()).toEqual(map.getConfig());
});

test('a layer has the policy of its path', () => {
  const dtype = new dtypePolicies.DTypePolicyMap({ policyMap: { 'a.*': 'mixed_float16' } });
  const [a, b] = ['a1', 'b1'].map((name) => new keras.layers.Dense({ units: 1, name, dtype }));
  expect([a!.computeDtype, a!.variableDtype, b!.computeDtype]).toEqual(['float16', 'float32', 'float32']);
  expect(a!(keras.tensor([[0.5]])).dtype).toBe('float16');
  const again = keras.layers.Dense.fromConfig(a!.getConfig());
  expect(again.computeDtype).toBe('float16');
});

test('keras.mixedPrecision has the same under its older names', () => {
  const { mixedPrecision } = keras;
  mixedPrecision.setGlobalPolicy('mixed_bfloat16');
  try {
    expect(mixedPrecision.globalPolicy()).toBe(keras.config.dtypePolicy());
    expect(new keras.layers.Dense({ units: 1 }).computeDtype).toBe('bfloat16');
  } finally {
    mixedPrecision.setDtypePolicy('float32');
  }
  expect(mixedPrecision.Policy).toBe(keras.DTypePolicy);
  expect(mixedPrecision.LossScaleOptimizer).toBe(keras.optimizers.LossScaleOptimizer);
});

test('configs of policies that name no text are refused', () => {
  const refuse = (config: object, className: string): void =>
    expect(() => new keras.layers.Dense({ units: 1, dtype: { class_name: className, config } as never })).toThrow(
      keras.HornbeamError,
    );
  for (const odd of [Object.create(null), ['int8'], 3]) {
    refuse({ mode: odd, source_name: 'float32' }, 'QuantizedDTypePolicy');
    refuse({ mode: 'int8', source_name: odd }, 'QuantizedDTypePolicy');
    refuse({ name: odd }, 'DTypePolicy');
  }
});
