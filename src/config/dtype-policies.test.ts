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
